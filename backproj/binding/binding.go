// Package binding is what gopy binds for Python: the functions of package
// backproj over memory that Python owns.
//
// Images come as the address of their first component and their strides in
// bytes, as numpy describes them. The caller has checked that all of that
// memory is there, keeps it alive during the call, and gives arrays of the
// right size for counts (int64), values (float32) and table (uint8). Nothing
// of it is kept after the call.
//
// Every function turns a panic, and a fault in memory that went away during
// the call, into an error. An error beside an int, which says nothing, is
// what gopy binds without a leak.
package binding

import (
	"runtime"
	"strings"

	"github.com/backproj/backproj/backproj"
	"github.com/backproj/backproj/backproj/internal/foreign"
)

// BackProject is backproj.BackProject.
func BackProject(frame []byte, w, h int, model []byte, mw, mh int) (prob []byte) {
	var err error
	defer foreign.Guard(&err)() // an error leaves prob nil, as documented
	return backproj.BackProject(frame, w, h, model, mw, mh)
}

// Kernels returns the names of this machine's kernels, the default first,
// separated by commas.
func Kernels() string {
	return strings.Join(backproj.Kernels(), ",")
}

// Threads returns the greatest number of threads of a call that asks for 0.
func Threads() int {
	return runtime.GOMAXPROCS(0)
}

// Fit makes the histogram of a model: its counts, its values and its table. A
// mask of address 0 counts every pixel. The order is 0 for BGR and 1 for RGB;
// threads 0 means one a CPU; kernel "" means the fastest.
func Fit(
	counts, values, table uintptr,
	model uintptr, height, width, rowStride, pixelStride, channelStride, order int,
	mask uintptr, maskRowStride, maskPixelStride int,
	kernel string, threads int,
) (done int, err error) {
	defer foreign.Guard(&err)()
	image, err := foreign.Image(model, height, width, rowStride, pixelStride, channelStride, order)
	if err != nil {
		return 0, err
	}
	var where backproj.Plane
	if mask != 0 {
		if where, err = foreign.Plane(mask, height, width, maskRowStride, maskPixelStride); err != nil {
			return 0, err
		}
	}
	h := backproj.Histogram{
		Counts: foreign.Slice[int64](counts, backproj.Bins),
		Values: foreign.Slice[float32](values, backproj.Bins),
		Table:  (*backproj.Table)(foreign.Slice[uint8](table, len(backproj.Table{}))),
		Run:    backproj.Run{Kernel: kernel, Threads: threads},
	}
	return 0, h.Fit(image, where)
}

// Project back-projects by a table that Fit made onto dst, a plane of the
// frame's size.
func Project(
	dst uintptr, dstRowStride, dstPixelStride int,
	table uintptr,
	frame uintptr, height, width, rowStride, pixelStride, channelStride, order int,
	kernel string, threads int,
) (done int, err error) {
	defer foreign.Guard(&err)()
	image, err := foreign.Image(frame, height, width, rowStride, pixelStride, channelStride, order)
	if err != nil {
		return 0, err
	}
	prob, err := foreign.Plane(dst, height, width, dstRowStride, dstPixelStride)
	if err != nil {
		return 0, err
	}
	h := backproj.Histogram{
		Table: (*backproj.Table)(foreign.Slice[uint8](table, len(backproj.Table{}))),
		Run:   backproj.Run{Kernel: kernel, Threads: threads},
	}
	return 0, h.BackProject(prob, image)
}
