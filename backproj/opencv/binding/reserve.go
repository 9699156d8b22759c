//go:build opencv

package binding

import (
	"runtime/debug"

	"github.com/backproj/backproj/backproj/internal/foreign"
	"github.com/backproj/backproj/backproj/internal/reserve"
)

// Reserve is as in package backproj/binding.
func Reserve(threads, spare, heap int) (done int, err error) {
	defer foreign.Guard(&err, debug.SetPanicOnFault(true))
	reserve.Take(threads, spare, heap)
	return 0, nil
}
