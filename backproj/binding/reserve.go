package binding

import (
	"github.com/backproj/backproj/backproj/internal/foreign"
	"github.com/backproj/backproj/backproj/internal/reserve"
)

// Reserve takes from the system now what calls with so many threads at most,
// and some to spare, and that much heap, would ask it for later. A process that
// has limits calls it first.
func Reserve(threads, spare, heap int) (done int, err error) {
	defer foreign.Guard(&err)()
	reserve.Take(threads, spare, heap)
	return 0, nil
}
