//go:build !386 && !arm && !mips && !mipsle

// Package foreign makes slices and images of memory that Python owns, given by
// address, and keeps what goes wrong there from ending the process. Like the
// module for Python, it is for 64-bit platforms only.
package foreign

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"unsafe"

	"github.com/backproj/backproj/backproj"
	"github.com/backproj/backproj/backproj/internal/raster"
)

// Guard is what a bound function defers, to turn a panic into an error:
//
//	defer foreign.Guard(&err, debug.SetPanicOnFault(true))
//
// With that, faults are panics too until it returns. It is no closure, which
// would have every call allocate it and the error.
func Guard(err *error, faults bool) {
	debug.SetPanicOnFault(faults)
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

// Image returns the image whose first component is at address, with strides as
// numpy has them. The order is a backproj.Order.
func Image(address uintptr, height, width, rowStride, pixelStride, channelStride, order int) (backproj.Image, error) {
	pix, offset, err := memory(address, [][2]int{
		{height, rowStride}, {width, pixelStride}, {3, channelStride}})
	return backproj.Image{
		Pix: pix, Offset: offset, Width: width, Height: height, Order: backproj.Order(order),
		Stride: raster.Stride(rowStride), PixelStride: raster.Stride(pixelStride), ChannelStride: raster.Stride(channelStride),
	}, err
}

// Plane returns the plane whose first pixel is at address.
func Plane(address uintptr, height, width, rowStride, pixelStride int) (backproj.Plane, error) {
	pix, offset, err := memory(address, [][2]int{{height, rowStride}, {width, pixelStride}})
	return backproj.Plane{
		Pix: pix, Offset: offset, Width: width, Height: height,
		Stride: raster.Stride(rowStride), PixelStride: raster.Stride(pixelStride),
	}, err
}

// No process has memory in the first page, where what is wrong may look like a
// nil pointer, nor beyond 2^56 bytes, so that no sum of a few extents that
// were compared with the limit overflows.
const first, limit = 4096, 1 << 56

// memory returns all bytes that an array touches whose element 0 is at
// address, and where in them that element is. Each axis is its length and its
// stride.
func memory(address uintptr, axes [][2]int) (bytes []byte, offset int, err error) {
	below, above := 0, 0
	for _, axis := range axes {
		n, stride := axis[0], axis[1]
		if n == 0 {
			return nil, 0, nil
		}
		if n == 1 {
			continue // any stride will do
		}
		if n < 0 || stride < -limit || stride > limit || abs(stride) > limit/(n-1) {
			return nil, 0, fmt.Errorf("backproj: an axis of %d with a stride of %d bytes reaches beyond all memory", n, stride)
		}
		if reach := (n - 1) * stride; reach < 0 {
			below -= reach
		} else {
			above += reach
		}
	}
	if address > limit || address < first+uintptr(below) {
		return nil, 0, fmt.Errorf("backproj: no array begins at address %#x", address)
	}
	return unsafe.Slice((*byte)(pointer(address-uintptr(below))), below+above+1), below, nil
}

func abs(n int) int { return max(n, -n) }

// Slice returns the n values from address on. It panics where there can be
// none: unsafe.Slice, in a build that checks pointers, ends the process.
func Slice[T any](address uintptr, n int) []T {
	var value T
	if n < 0 || uintptr(n) > limit/unsafe.Sizeof(value) || n > 0 && (address < first || address > limit) {
		panic(fmt.Sprintf("%d values at address %#x", n, address))
	}
	return unsafe.Slice((*T)(pointer(address)), n)
}

// pointer returns the address as a pointer. The detour is for go vet, which
// rightly doubts such conversions where the memory is Go's.
func pointer(address uintptr) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Pointer(&address))
}
