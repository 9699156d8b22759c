//go:build opencv

package binding

import (
	"github.com/backproj/backproj/backproj/internal/foreign"
	"github.com/backproj/backproj/backproj/internal/reserve"
)

// Reserve is as in package backproj/binding. OpenCV asks the system for itself.
func Reserve(threads, heap int) (done int, err error) {
	defer foreign.Guard(&err)()
	reserve.Take(threads, heap)
	return 0, nil
}
