//go:build !386 && !amd64 && !arm && !arm64 && !mips && !mipsle

package foreign

const defaultFloat, floatFlags = 0, 0

func floatControl() uint64 { return defaultFloat }

func setFloatControl(uint64) {}
