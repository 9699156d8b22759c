//go:build opencv

package binding

import (
	"github.com/backproj/backproj/backproj/internal/foreign"
	"github.com/backproj/backproj/backproj/internal/reserve"
)

// Reserve is as in package backproj/binding.
func Reserve(threads, spare, heap int) (done int, err error) {
	defer foreign.Leave(&err, foreign.Enter())
	reserve.Take(threads, spare, heap)
	return 0, nil
}
