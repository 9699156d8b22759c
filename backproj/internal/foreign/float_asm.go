//go:build amd64 || arm64

package foreign

// floatControl returns the register that controls the floating-point
// arithmetic of this thread: MXCSR or FPCR.
func floatControl() uint64

func setFloatControl(control uint64)
