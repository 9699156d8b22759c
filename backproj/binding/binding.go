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
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"unsafe"

	"github.com/backproj/backproj/backproj"
)

// BackProject is backproj.BackProject.
func BackProject(frame []byte, w, h int, model []byte, mw, mh int) (prob []byte) {
	var err error
	defer guard(&err)() // an error leaves prob nil, as documented
	return backproj.BackProject(frame, w, h, model, mw, mh)
}

// Kernels returns the names of this machine's kernels, the default first,
// separated by commas.
func Kernels() string {
	return strings.Join(backproj.Kernels(), ",")
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
	defer guard(&err)()
	image, err := imageAt(model, height, width, rowStride, pixelStride, channelStride, order)
	if err != nil {
		return 0, err
	}
	var where backproj.Plane
	if mask != 0 {
		if where, err = planeAt(mask, height, width, maskRowStride, maskPixelStride); err != nil {
			return 0, err
		}
	}
	h := backproj.Histogram{
		Counts: unsafe.Slice((*int64)(pointer(counts)), backproj.Bins),
		Values: unsafe.Slice((*float32)(pointer(values)), backproj.Bins),
		Table:  (*backproj.Table)(pointer(table)),
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
	defer guard(&err)()
	image, err := imageAt(frame, height, width, rowStride, pixelStride, channelStride, order)
	if err != nil {
		return 0, err
	}
	prob, err := planeAt(dst, height, width, dstRowStride, dstPixelStride)
	if err != nil {
		return 0, err
	}
	h := backproj.Histogram{
		Table: (*backproj.Table)(pointer(table)),
		Run:   backproj.Run{Kernel: kernel, Threads: threads},
	}
	return 0, h.BackProject(prob, image)
}

// guard returns what a bound function defers: it turns a panic into an error.
// Until then faults are panics too.
func guard(err *error) func() {
	old := debug.SetPanicOnFault(true)
	return func() {
		debug.SetPanicOnFault(old)
		switch p := recover().(type) {
		case nil:
		case interface { // a fault: see debug.SetPanicOnFault
			runtime.Error
			Addr() uintptr
		}:
			*err = errors.New("backproj: memory of an array went away during the call" +
				" (was it a memory-mapped file, and cut short?)")
		default:
			*err = fmt.Errorf("backproj: internal error, please report it: %v", p)
		}
	}
}

func imageAt(address uintptr, height, width, rowStride, pixelStride, channelStride, order int) (backproj.Image, error) {
	pix, offset, err := memory(address, [][2]int{
		{height, rowStride}, {width, pixelStride}, {3, channelStride}})
	return backproj.Image{
		Pix: pix, Offset: offset, Width: width, Height: height, Order: backproj.Order(order),
		Stride: step(rowStride), PixelStride: step(pixelStride), ChannelStride: step(channelStride),
	}, err
}

func planeAt(address uintptr, height, width, rowStride, pixelStride int) (backproj.Plane, error) {
	pix, offset, err := memory(address, [][2]int{{height, rowStride}, {width, pixelStride}})
	return backproj.Plane{
		Pix: pix, Offset: offset, Width: width, Height: height,
		Stride: step(rowStride), PixelStride: step(pixelStride),
	}, err
}

// step returns a numpy stride as package backproj writes it.
func step(stride int) int {
	if stride == 0 {
		return backproj.Repeat
	}
	return stride
}

// memory returns all bytes that an array touches whose element 0 is at
// address, and where in them that element is. Each axis is its length and its
// stride.
func memory(address uintptr, axes [][2]int) (bytes []byte, offset int, err error) {
	// No process has memory beyond 2^56 bytes, so nothing below overflows.
	const limit = 1 << 56
	below, above := 0, 0
	for _, axis := range axes {
		n, stride := axis[0], axis[1]
		if n == 0 {
			return nil, 0, nil
		}
		if n < 0 || stride < -limit || stride > limit || n > 1 && abs(stride) > limit/(n-1) {
			return nil, 0, fmt.Errorf("backproj: an axis of %d with a stride of %d bytes reaches beyond all memory", n, stride)
		}
		if reach := (n - 1) * stride; reach < 0 {
			below -= reach
		} else {
			above += reach
		}
	}
	if address == 0 || uintptr(below) > address || address > limit {
		return nil, 0, fmt.Errorf("backproj: no array begins at address %#x", address)
	}
	return unsafe.Slice((*byte)(pointer(address-uintptr(below))), below+above+1), below, nil
}

func abs(n int) int { return max(n, -n) }

// pointer returns the address as a pointer. The detour is for go vet, which
// rightly doubts such conversions where the memory is Go's.
func pointer(address uintptr) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Pointer(&address))
}
