//go:build linux && (amd64 || arm64)

package reserve

import (
	"syscall"
	"unsafe"
)

// limited reports whether RLIMIT_AS is set. The system call is getrlimit
// itself, in some 0.2 µs: package syscall's takes prlimit, which looks up the
// process and takes twice that. A kernel that refuses it, as in a sandbox,
// tells of no limit.
func limited() bool {
	var limit syscall.Rlimit
	_, _, failed := syscall.RawSyscall(syscall.SYS_GETRLIMIT, syscall.RLIMIT_AS, uintptr(unsafe.Pointer(&limit)), 0)
	return failed == 0 && limit.Cur != infinity
}
