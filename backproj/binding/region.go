//go:build !386 && !arm && !mips && !mipsle

package binding

import (
	"github.com/backproj/backproj/backproj"
	"github.com/backproj/backproj/backproj/internal/foreign"
)

// What Region and RegionOn write.
const (
	sums = iota // over the disc
	mask        // 255 where the sum is greater than the threshold, else 0
	cut         // the frame there, else 0
)

// Ellipse writes the disc of that size to so many bytes.
func Ellipse(disc uintptr, height, width int) (done int, err error) {
	defer foreign.Leave(&err, foreign.Enter())
	copy(foreign.Slice[uint8](disc, height*width), backproj.Ellipse(width, height).Pix)
	return 0, nil
}

// Region writes so many rows, from row top of the frame on, of what a histogram's
// back projection onto the frame becomes. The disc is packed; without an address
// there is none. The order is 2 more if the frame has four channels, which are cut
// out too.
func Region(
	what int,
	dst uintptr, top, rows, dstRowStride, dstPixelStride, dstChannelStride int,
	frame uintptr, height, width, rowStride, pixelStride, channelStride, order int,
	histogram uintptr,
	disc uintptr, discHeight, discWidth, threshold int,
	kernel, threads int,
) (done int, err error) {
	defer foreign.Leave(&err, foreign.Enter())
	options, err := regionOptions(disc, discHeight, discWidth, threshold, top, kernel, threads)
	if err != nil {
		return 0, err
	}
	h := recordAt(histogram).histogram(options.Run)
	image, err := foreign.Image(frame, height, width, rowStride, pixelStride, channelStride, order)
	if err != nil {
		return 0, err
	}
	if what == cut {
		to, err := foreign.Image(dst, rows, width, dstRowStride, dstPixelStride, dstChannelStride, order)
		if err != nil {
			return 0, err
		}
		return 0, h.CutOut(to, image, options)
	}
	to, err := foreign.Plane(dst, rows, width, dstRowStride, dstPixelStride)
	if err != nil {
		return 0, err
	}
	if what == mask {
		return 0, h.Segment(to, image, options)
	}
	return 0, h.DiscSum(to, image, options)
}

// RegionOn writes what a plane of height × width becomes, as Region. It is cut out of
// a frame of its size.
func RegionOn(
	what int,
	dst uintptr, top, rows, dstRowStride, dstPixelStride, dstChannelStride int,
	plane uintptr, height, width, planeRowStride, planePixelStride int,
	frame uintptr, rowStride, pixelStride, channelStride, order int,
	disc uintptr, discHeight, discWidth, threshold int,
	kernel, threads int,
) (done int, err error) {
	defer foreign.Leave(&err, foreign.Enter())
	options, err := regionOptions(disc, discHeight, discWidth, threshold, top, kernel, threads)
	if err != nil {
		return 0, err
	}
	prob, err := foreign.Plane(plane, height, width, planeRowStride, planePixelStride)
	if err != nil {
		return 0, err
	}
	if what == cut {
		image, err := foreign.Image(frame, height, width, rowStride, pixelStride, channelStride, order)
		if err != nil {
			return 0, err
		}
		to, err := foreign.Image(dst, rows, width, dstRowStride, dstPixelStride, dstChannelStride, order)
		if err != nil {
			return 0, err
		}
		return 0, backproj.CutOut(to, image, prob, options)
	}
	to, err := foreign.Plane(dst, rows, width, dstRowStride, dstPixelStride)
	if err != nil {
		return 0, err
	}
	if what == mask {
		return 0, backproj.Segment(to, prob, options)
	}
	return 0, backproj.DiscSum(to, prob, options)
}

func regionOptions(disc uintptr, discHeight, discWidth, threshold, top, kernel, threads int) (*backproj.RegionOptions, error) {
	options := &backproj.RegionOptions{
		Threshold: uint8(threshold), Top: top,
		Run: backproj.Run{Kernel: kernels[kernel], Threads: threads},
	}
	if disc == 0 {
		return options, nil
	}
	var err error
	options.Disc, err = foreign.Plane(disc, discHeight, discWidth, discWidth, 1)
	return options, err
}

// Otsu returns Otsu's level of a plane's pixels.
func Otsu(plane uintptr, height, width, rowStride, pixelStride int) (level int, err error) {
	defer foreign.Leave(&err, foreign.Enter())
	prob, err := foreign.Plane(plane, height, width, rowStride, pixelStride)
	if err != nil {
		return 0, err
	}
	otsu, err := backproj.Otsu(prob)
	return int(otsu), err
}

// CountValues adds to 256 counts how many of a plane's pixels have each value.
func CountValues(counts, plane uintptr, height, width, rowStride, pixelStride int) (done int, err error) {
	defer foreign.Leave(&err, foreign.Enter())
	prob, err := foreign.Plane(plane, height, width, rowStride, pixelStride)
	if err != nil {
		return 0, err
	}
	return 0, valueCounts(counts).Add(prob)
}

// OtsuOf returns Otsu's level of the pixels of such counts.
func OtsuOf(counts uintptr) (level int, err error) {
	defer foreign.Leave(&err, foreign.Enter())
	return int(valueCounts(counts).Otsu()), nil
}

func valueCounts(counts uintptr) *backproj.ValueCounts {
	return (*backproj.ValueCounts)(foreign.Slice[int64](counts, len(backproj.ValueCounts{})))
}
