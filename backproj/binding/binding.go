//go:build !386 && !arm && !mips && !mipsle

// Package binding has the functions that gopy binds for Python: those of package
// backproj, for memory that Python owns.
//
// An image is given by the address of its first component and its strides in
// bytes, as numpy describes arrays. The caller must have checked that the memory is
// there, must keep it alive during the call, and must pass arrays of the right size.
// No function keeps a pointer to that memory after the call.
//
// A histogram is given by the address of a [record].
//
// The functions that project take what to write to, the frames, what to
// project, and then how. The order of an image is 0 for BGR and 1 for RGB. A
// peak of -1 leaves the counts as they are. The kernel is its number in
// [Kernels], since gopy would allocate a string; threads 0 means as many as
// GOMAXPROCS.
//
// Every function turns a panic, and a fault in memory that went away during
// the call, into an error. The int result is a placeholder unless documented:
// gopy leaks on functions that return an error alone.
package binding

import (
	"runtime"
	"strings"
	"unsafe"

	"github.com/backproj/backproj/backproj"
	"github.com/backproj/backproj/backproj/internal/foreign"
)

// kernels are what a kernel's number refers to.
var kernels = backproj.Kernels()

// BackProject is backproj.BackProject.
func BackProject(frame []byte, w, h int, model []byte, mw, mh int) (prob []byte) {
	var err error
	defer foreign.Leave(&err, foreign.Enter()) // an error leaves prob nil, as documented
	return backproj.BackProject(frame, w, h, model, mw, mh)
}

// Kernels returns the names of this machine's kernels, the default first,
// separated by commas.
func Kernels() string {
	return strings.Join(kernels, ",")
}

// Threads returns the greatest number of threads of a call that asks for 0.
func Threads() int {
	return runtime.GOMAXPROCS(0)
}

// Add counts the model's pixels, those where the mask is not 0 if its address
// is not 0, and adds them to a histogram's counts.
func Add(
	histogram, counts uintptr,
	model uintptr, height, width, rowStride, pixelStride, channelStride, order int,
	mask uintptr, maskRowStride, maskPixelStride int,
	kernel, threads int,
) (done int, err error) {
	defer foreign.Leave(&err, foreign.Enter())
	h := recordAt(histogram).counted(counts, backproj.Run{Kernel: kernels[kernel], Threads: threads})
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
	return 0, h.Add(image, where)
}

// Normalize makes a histogram's values of its counts, scaled to the peak, and
// its table of the values.
func Normalize(histogram, counts uintptr, peak float64) (done int, err error) {
	defer foreign.Leave(&err, foreign.Enter())
	h := recordAt(histogram).counted(counts, backproj.Run{})
	return 0, h.Normalize(peak)
}

// Fit makes a histogram's counts, values and table of a model: it does what Add
// and Normalize do, and clears the counts first.
func Fit(
	histogram, counts uintptr, peak float64,
	model uintptr, height, width, rowStride, pixelStride, channelStride, order int,
	mask uintptr, maskRowStride, maskPixelStride int,
	kernel, threads int,
) (done int, err error) {
	defer foreign.Leave(&err, foreign.Enter())
	h := recordAt(histogram).counted(counts, backproj.Run{Kernel: kernels[kernel], Threads: threads})
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
	_, err = h.Fit(image, where, peak)
	return 0, err
}

// Tabulate makes a histogram's table of its values, each times scale.
func Tabulate(histogram uintptr, scale float64) (done int, err error) {
	defer foreign.Leave(&err, foreign.Enter())
	h := recordAt(histogram).histogram(backproj.Run{})
	return 0, h.Tabulate(float32(scale))
}

// Project back-projects so many histograms, whose records adjoin, onto so many
// frames that lie frameStride apart. The results for a histogram are planes of
// the frame's size that lie dstFrameStride apart, those for the next one begin
// dstStride later.
func Project(
	dst uintptr, dstStride, dstFrameStride, dstRowStride, dstPixelStride int,
	frame uintptr, frames, frameStride, height, width, rowStride, pixelStride, channelStride, order int,
	histograms uintptr, number int,
	kernel, threads int,
) (done int, err error) {
	defer foreign.Leave(&err, foreign.Enter())
	run := backproj.Run{Kernel: kernels[kernel], Threads: threads}
	// Slices of one frame and one plane, as is usual, stay on the stack.
	var (
		oneFrame [1]backproj.Image
		onePlane [1]backproj.Plane
	)
	images, planes := oneFrame[:0], onePlane[:0]
	for j := range frames {
		at := frame + uintptr(j*frameStride)
		image, err := foreign.Image(at, height, width, rowStride, pixelStride, channelStride, order)
		if err != nil {
			return 0, err
		}
		images = append(images, image)
	}
	hs := make([]*backproj.Histogram, number)
	for i := range hs {
		hs[i] = recordAt(histograms + uintptr(i)*unsafe.Sizeof(record{})).histogram(run)
		for j := range frames {
			at := dst + uintptr(i*dstStride+j*dstFrameStride)
			plane, err := foreign.Plane(at, height, width, dstRowStride, dstPixelStride)
			if err != nil {
				return 0, err
			}
			planes = append(planes, plane)
		}
	}
	return 0, backproj.BackProjectEach(planes, images, hs, run)
}

// ProjectModel back-projects, for once, the histogram of a model, of its pixels
// where the mask is not 0 if its address is not 0, onto a plane of the frame's
// size. The record is that of a histogram without values and table. It returns
// 1 if any pixel was counted, else 0.
func ProjectModel(
	dst uintptr, dstRowStride, dstPixelStride int,
	frame uintptr, height, width, rowStride, pixelStride, channelStride int,
	model uintptr, modelHeight, modelWidth, modelRowStride, modelPixelStride, modelChannelStride int,
	order int,
	mask uintptr, maskRowStride, maskPixelStride int,
	histogram uintptr, peak float64,
	kernel, threads int,
) (counted int, err error) {
	defer foreign.Leave(&err, foreign.Enter())
	options := backproj.Options{
		Layout: recordAt(histogram).layout(),
		Peak:   peak,
		Run:    backproj.Run{Kernel: kernels[kernel], Threads: threads},
	}
	image, err := foreign.Image(frame, height, width, rowStride, pixelStride, channelStride, order)
	if err != nil {
		return 0, err
	}
	plane, err := foreign.Plane(dst, height, width, dstRowStride, dstPixelStride)
	if err != nil {
		return 0, err
	}
	patch, err := foreign.Image(model, modelHeight, modelWidth, modelRowStride, modelPixelStride, modelChannelStride, order)
	if err != nil {
		return 0, err
	}
	if mask != 0 {
		if options.Mask, err = foreign.Plane(mask, modelHeight, modelWidth, maskRowStride, maskPixelStride); err != nil {
			return 0, err
		}
	}
	fullest, err := backproj.BackProjectModel(plane, image, patch, &options)
	if err != nil {
		return 0, err
	}
	return int(min(1, fullest)), nil
}

// Locate writes to found x, y and the sum of the window of that size that has
// the greatest sum of all within the plane.
func Locate(found uintptr, plane uintptr, height, width, rowStride, pixelStride, windowHeight, windowWidth, threads int) (done int, err error) {
	defer foreign.Leave(&err, foreign.Enter())
	prob, err := foreign.Plane(plane, height, width, rowStride, pixelStride)
	if err != nil {
		return 0, err
	}
	x, y, sum, err := backproj.Locate(prob, windowWidth, windowHeight, backproj.Run{Threads: threads})
	if err != nil {
		return 0, err
	}
	// Go 1.26.8 fails to compile a copy of a slice literal here.
	result := foreign.Slice[int64](found, 3)
	result[0], result[1], result[2] = int64(x), int64(y), sum
	return 0, nil
}
