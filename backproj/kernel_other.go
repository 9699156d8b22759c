//go:build !amd64

package backproj

// kernels are those that this machine can run, the fastest first.
var kernels = []*kernel{&genericKernel}
