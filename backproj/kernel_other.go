//go:build !amd64 && !arm64

package backproj

// kernels are the kernels that this machine can run, the fastest first.
var kernels = []*kernel{&genericKernel}
