package backproj

import (
	"errors"
	"fmt"

	"github.com/backproj/backproj/backproj/internal/raster"
)

// DiscSum writes to each pixel of dst the sum of those pixels of prob around it that
// the disc has, limited to 255: the pixels of disc that are not 0, where the pixel
// itself is in column disc.Width/2 of row disc.Height/2. Beyond its border prob is
// reflected, without the outermost pixels. A disc may have up to 255×255 pixels; see
// [Ellipse].
//
// This is OpenCV's filter2D with a kernel of zeros and ones. The two planes must not
// share memory.
func DiscSum(dst, prob, disc Plane, run Run) error {
	pixels, err := prob.raster()
	if err != nil {
		return fmt.Errorf("backproj: prob: %w", err)
	}
	to, err := dst.written(pixels)
	if err != nil {
		return err
	}
	return addDisc(pixels, nil, disc, run, func(x, y int, sums []uint8) {
		copy(to.Place(x, y, len(sums), nil), sums)
	})
}

// addDisc calls emit with the sums over the disc of the pixels of a plane, or of the
// back projection of a frame if there is a lookup. See adder.band.
func addDisc(pixels raster.Raster, l *lookup, disc Plane, run Run, emit func(x, y int, sums []uint8)) error {
	k, err := kernelNamed(run.Kernel)
	if err != nil {
		return err
	}
	f, err := disc.footprint()
	if err != nil || pixels.Empty() {
		return err
	}
	p := f.program(pixels.Width)
	// Bands read height-1 rows more than they have, so there are as few as can be.
	workers := run.workers(max(1, pixels.Height/len(f.rows)), pixels.Width*pixels.Height, k)
	parallel(pixels.Height, workers, func(y0, y1 int) {
		a := p.newAdder(k, pixels, l)
		defer a.release()
		a.band(y0, y1, emit)
	})
	return nil
}

// written returns where the pixels of the plane lie, or an error unless results of
// an image of that size can be written to it.
func (p Plane) written(image raster.Raster) (raster.Raster, error) {
	r, err := p.raster()
	if err == nil && (r.Width != image.Width || r.Height != image.Height) {
		err = fmt.Errorf("%d×%d, not %d×%d", r.Width, r.Height, image.Width, image.Height)
	}
	if err == nil && r.Overlaps() {
		err = errors.New("field Stride: pixels overlap")
	}
	if err != nil {
		return r, fmt.Errorf("backproj: dst: %w", err)
	}
	return r, nil
}
