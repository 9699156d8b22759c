package binding

import (
	"runtime/debug"

	"github.com/backproj/backproj/backproj/internal/foreign"
	"github.com/backproj/backproj/backproj/internal/reserve"
)

// Reserve takes from the system now what calls with so many threads at most,
// and some to spare, and that much heap, would ask it for later. A process that
// has limits calls it first; with watch, it looks at them before each call.
func Reserve(threads, spare, heap int, watch bool) (done int, err error) {
	defer foreign.Guard(&err, debug.SetPanicOnFault(true))
	reserve.Take(threads, spare, heap, watch)
	return 0, nil
}
