//go:build !386 && !arm && !mips && !mipsle

package binding

import (
	"github.com/backproj/backproj/backproj/internal/foreign"
	"github.com/backproj/backproj/backproj/internal/reserve"
)

// Reserve takes from the system now what later calls would ask it for: so many
// threads that run Go code, some to spare, and that much heap. The caller calls
// it right after loading if the process has limits.
func Reserve(threads, spare, heap int) (done int, err error) {
	defer foreign.Leave(&err, foreign.Enter())
	reserve.Take(threads, spare, heap)
	return 0, nil
}
