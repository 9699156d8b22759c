package backproj

import (
	"errors"
	"fmt"

	"github.com/backproj/backproj/backproj/internal/raster"
)

// DiscSum writes to each pixel of dst the sum of those pixels of prob around it that
// the disc of the options has, limited to 255: the pixels of the disc that are not 0,
// where the pixel itself is in column Width/2 of row Height/2. Beyond its border prob
// is reflected, without the outermost pixels. A disc may have up to 255×255 pixels;
// see [Ellipse]. The threshold is ignored.
//
// This is OpenCV's filter2D with a kernel of zeros and ones. The two planes must not
// share memory.
func DiscSum(dst, prob Plane, options *RegionOptions) error {
	return prob.region(options, sumsTo(dst))
}

// addDisc calls emit with the sums over the disc of the pixels of a plane, or of the
// back projection of a frame if there is a lookup: for the rows of dst, the first of
// which is row top of the pixels. If dst is a plane they may be there already. See
// adder.band.
func addDisc(pixels raster.Raster, l *lookup, disc Plane, run Run, top int, dst raster.Raster, emit func(x, y int, sums []uint8)) error {
	k, err := kernelNamed(run.Kernel)
	if err != nil {
		return err
	}
	buffer := footprintBuffers.Get().(*footprintBuffer)
	defer footprintBuffers.Put(buffer)
	f, err := disc.footprint(buffer)
	rows := dst.Height
	if err != nil || rows == 0 || pixels.Width == 0 {
		return err
	}
	p := f.program(pixels.Width)
	if dst.Components > 1 || !dst.Adjoins() {
		dst.Pix = nil
	}
	dst.Offset -= top * dst.Row
	// Bands read height-1 rows more than they have, so there are as few as can be.
	workers := run.workers(max(1, rows/len(f.rows)), pixels.Width*rows, k)
	parallel(rows, workers, func(y0, y1 int) {
		a := p.newAdder(k, pixels, l)
		defer a.release()
		a.band(top+y0, top+y1, dst, emit)
	})
	return nil
}

// target returns where the pixels of the plane lie, or an error unless results can
// be written to them.
func (p Plane) target() (raster.Raster, error) {
	r, err := p.raster()
	if err == nil && r.Overlaps() {
		err = errors.New("field Stride: pixels overlap")
	}
	if err != nil {
		return r, fmt.Errorf("backproj: dst: %w", err)
	}
	return r, nil
}
