package backproj

import (
	"errors"
	"fmt"

	"github.com/backproj/backproj/backproj/internal/raster"
)

// RegionOptions say which pixels are in a region: those whose sum over the disc is
// greater than the threshold. The zero value is the region of all pixels of a back
// projection that are not 0.
type RegionOptions struct {
	// Disc has the pixels that are added up for each pixel: see DiscSum. If it has
	// none, each pixel is taken alone.
	Disc Plane

	// Threshold is the greatest sum that is not in the region.
	Threshold uint8

	// Top is the row of the frame that the first row of the result is for. The result
	// may have fewer rows than the frame, so that parts can be made one by one.
	Top int

	// Run says how the work is done. That of a Histogram is ignored.
	Run Run
}

// DiscSum writes to dst the sums over the disc of the histogram's back projection
// onto the frame, which is not made as a whole: see the function [DiscSum]. The
// threshold is ignored. The options may be nil.
func (h *Histogram) DiscSum(dst Plane, frame Image, options *RegionOptions) error {
	return h.region(frame, options, sumsTo(dst))
}

// Segment writes 255 to each pixel of dst that is in the region of the histogram's
// back projection onto the frame, and 0 to the others. The options may be nil.
//
// It does the work of OpenCV's filter2D, and of threshold with THRESH_BINARY, in one
// pass.
func (h *Histogram) Segment(dst Plane, frame Image, options *RegionOptions) error {
	return h.region(frame, options, maskTo(dst))
}

// CutOut writes to dst the pixels of the frame that are in the region of the
// histogram's back projection onto it, and 0 to the others. The two must have the
// same number of channels, which keep their places, and must not share memory. The
// options may be nil.
//
// It does the work of OpenCV's filter2D, threshold and bitwise_and in one pass.
func (h *Histogram) CutOut(dst, frame Image, options *RegionOptions) error {
	return h.region(frame, options, cutTo(dst, frame))
}

// Segment writes 255 to each pixel of dst that is in the region of a back
// projection, and 0 to the others. See [Histogram.Segment].
func Segment(dst, prob Plane, options *RegionOptions) error {
	return prob.region(options, maskTo(dst))
}

// CutOut writes to dst the pixels of the frame that are in the region of a plane of
// its size, such as a mask, and 0 to the others. See [Histogram.CutOut].
func CutOut(dst, frame Image, prob Plane, options *RegionOptions) error {
	return prob.region(options, cutTo(dst, frame))
}

// A sink makes, from the options, what takes the sums, and says how many rows and
// columns it takes.
type sink func(options *RegionOptions) (size raster.Raster, take taker, err error)

// A taker takes the sums of some pixels from (x, y) of the result on. It may change
// them.
type taker func(k *kernel, x, y int, sums []uint8)

func (h *Histogram) region(frame Image, options *RegionOptions, to sink) error {
	if options == nil {
		options = new(RegionOptions)
	}
	r, err := frame.raster()
	if err != nil {
		return fmt.Errorf("backproj: frame: %w", err)
	}
	k, err := kernelNamed(options.Run.Kernel)
	if err != nil {
		return err
	}
	l, err := h.lookup(k, r.Width*r.Height, new([spaces]int))
	if err != nil {
		return err
	}
	defer l.release()
	if err := l.plan.check(&r); err != nil {
		return fmt.Errorf("backproj: frame: %w", err)
	}
	return options.region(r, &l, to)
}

func (p Plane) region(options *RegionOptions, to sink) error {
	if options == nil {
		options = new(RegionOptions)
	}
	r, err := p.raster()
	if err != nil {
		return fmt.Errorf("backproj: prob: %w", err)
	}
	return options.region(r, nil, to)
}

// region gives the sums over the disc to the sink: of the pixels of a plane, or of
// the back projection of a frame if there is a lookup.
func (o *RegionOptions) region(pixels raster.Raster, l *lookup, to sink) error {
	size, take, err := to(o)
	if err != nil {
		return err
	}
	k, err := kernelNamed(o.Run.Kernel)
	if err != nil {
		return err
	}
	if size.Width != pixels.Width || o.Top < 0 || size.Height > pixels.Height-o.Top {
		return fmt.Errorf("backproj: dst: %d×%d for row %d and those below it, but there are %d×%d pixels",
			size.Width, size.Height, o.Top, pixels.Width, pixels.Height)
	}
	disc := o.Disc
	if disc.Pix == nil {
		disc = Ellipse(1, 1)
	}
	return addDisc(pixels, l, disc, o.Run, o.Top, size, func(x, y int, sums []uint8) { take(k, x, y-o.Top, sums) })
}

// sumsTo returns a sink that writes sums to a plane.
func sumsTo(dst Plane) sink {
	return func(*RegionOptions) (raster.Raster, taker, error) {
		to, err := dst.target()
		return to, func(_ *kernel, x, y int, sums []uint8) { to.Write(x, y, sums) }, err
	}
}

// maskTo returns a sink that writes to a plane which sums are greater than the
// threshold.
func maskTo(dst Plane) sink {
	return func(options *RegionOptions) (raster.Raster, taker, error) {
		to, err := dst.target()
		return to, func(k *kernel, x, y int, sums []uint8) {
			k.binarize(sums, options.Threshold)
			to.Write(x, y, sums)
		}, err
	}
}

// cutTo returns a sink that writes to an image those pixels of the frame whose sums
// are greater than the threshold.
func cutTo(dst, frame Image) sink {
	return func(options *RegionOptions) (to raster.Raster, take taker, err error) {
		channels := frame.Order.Channels()
		if dst.Order.Channels() != channels {
			return to, nil, fmt.Errorf("backproj: dst: %d channels, but the frame has %d", dst.Order.Channels(), channels)
		}
		from, err := frame.channels()
		if err != nil {
			return to, nil, fmt.Errorf("backproj: frame: %w", err)
		}
		to, err = dst.channels()
		if err == nil && to.Overlaps() {
			err = errors.New("field Stride: pixels overlap")
		}
		if err != nil {
			return to, nil, fmt.Errorf("backproj: dst: %w", err)
		}
		if from.Width != to.Width || to.Height > from.Height-options.Top {
			return to, nil, fmt.Errorf("backproj: dst: %d×%d for row %d and those below it, but the frame is %d×%d",
				to.Width, to.Height, options.Top, from.Width, from.Height)
		}
		return to, func(k *kernel, x, y int, sums []uint8) {
			out, order, ok := to.Bytes(x, y, len(sums))
			in, sameOrder, adjoins := from.Bytes(x, options.Top+y, len(sums))
			if ok && adjoins && order == sameOrder && channels > 1 {
				k.cut(out, in, sums, channels, options.Threshold)
				return
			}
			k.binarize(sums, options.Threshold)
			to.CopyWhere(sums, x, y, &from, options.Top+y)
		}, nil
	}
}
