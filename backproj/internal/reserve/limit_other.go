//go:build !(linux && (amd64 || arm64))

package reserve

import (
	"runtime"
	"syscall"
)

// limited reports whether RLIMIT_AS is set, on systems that take it seriously.
func limited() bool {
	var limit syscall.Rlimit
	return runtime.GOOS == "linux" && syscall.Getrlimit(syscall.RLIMIT_AS, &limit) == nil && uint64(limit.Cur) != infinity
}
