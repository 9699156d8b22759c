//go:build !386 && !arm && !mips && !mipsle

// Package foreign makes slices and images of memory that Python owns and that is
// given by address. It keeps faults in that memory from ending the process. Like
// the module for Python, it is for 64-bit platforms only.
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

// A Thread is what Enter changes of the thread that it is called on.
type Thread struct {
	faults bool
	float  uint64
}

// Enter prepares the calling thread for a call, until Leave is called: faults
// are panics, and floating-point arithmetic is as Go expects it, whatever
// rounding mode or traps the caller has set. Goroutines of the call may start
// threads, which inherit that. A bound function begins with
//
//	defer foreign.Leave(&err, foreign.Enter())
func Enter() Thread {
	before := Thread{debug.SetPanicOnFault(true), floatControl()}
	if before.float&^floatFlags != defaultFloat {
		setFloatControl(defaultFloat)
	}
	return before
}

// Leave puts back what Enter changed, and turns a panic into an error. It is
// no closure, for which every call would allocate.
func Leave(err *error, before Thread) {
	debug.SetPanicOnFault(before.faults)
	if before.float&^floatFlags != defaultFloat {
		setFloatControl(before.float)
	}
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

// Image returns the image whose first component is at address, with strides in
// bytes as of a numpy array. The order is a backproj.Order.
func Image(address uintptr, height, width, rowStride, pixelStride, channelStride, order int) (backproj.Image, error) {
	pix, offset, err := memory(address, [][2]int{
		{height, rowStride}, {width, pixelStride}, {backproj.Order(order).Channels(), channelStride}})
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

// No process has memory in the first page, which nil pointers with an offset point
// into, nor beyond 2^56 bytes. The sum of a few lengths up to limit cannot overflow.
const first, limit = 4096, 1 << 56

// memory returns the bytes from the first to the last one of an array, and the
// offset of its element 0, which is at address. An axis is a length and a stride.
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

// Slice returns the n values from address on. It panics if no process can have
// them: unsafe.Slice, in a build that checks pointers, would end the process.
func Slice[T any](address uintptr, n int) []T {
	var value T
	if n < 0 || uintptr(n) > limit/unsafe.Sizeof(value) || n > 0 && (address < first || address > limit) {
		panic(fmt.Sprintf("%d values at address %#x", n, address))
	}
	return unsafe.Slice((*T)(pointer(address)), n)
}

// pointer returns the address as a pointer. It converts a pointer to the address,
// because go vet reports direct conversions, which are wrong for Go's memory.
func pointer(address uintptr) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Pointer(&address))
}
