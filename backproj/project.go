package backproj

import (
	"errors"
	"fmt"
)

// Run says how work is done; the result never depends on it.
type Run struct {
	// Kernel is one of Kernels; "" is the fastest.
	Kernel string

	// Threads is the greatest number of goroutines; 0 is as many as there are
	// CPUs. Small images use fewer.
	Threads int
}

// BackProject writes to each pixel of dst the value of the bin that the same
// pixel of frame falls into, rounded half to even and limited to 0 to 255. The
// two must be of one size and must not share memory.
func (h *Histogram) BackProject(dst Plane, frame Image) error {
	k, err := kernelNamed(h.Run.Kernel)
	if err != nil {
		return err
	}
	src, err := frame.raster()
	if err != nil {
		return fmt.Errorf("backproj: frame: %w", err)
	}
	out, err := dst.raster()
	if err != nil {
		return fmt.Errorf("backproj: dst: %w", err)
	}
	if out.width != src.width || out.height != src.height {
		return fmt.Errorf("backproj: dst: %d×%d, but the frame is %d×%d",
			out.width, out.height, src.width, src.height)
	}
	if h.Table == nil {
		return errors.New("backproj: Histogram: field Table: nil; make the histogram by NewHistogram")
	}
	if src.empty() {
		return nil
	}
	if out.row == 0 && out.height > 1 || out.pixel == 0 && out.width > 1 {
		return errors.New("backproj: dst: field Stride: Repeat, but its pixels must be apart")
	}
	parallel(src.height, h.Run.workers(src, k), func(y0, y1 int) {
		project(k, out.rows(y0, y1), src.rows(y0, y1), h.Table)
	})
	return nil
}

// project back-projects image onto dst, which is of the same size.
func project(k *kernel, dst, image raster, table *Table) {
	pixels := newPixelReader(image)
	if pixels.inPlace && image.packed(pixels.format.size) && dst.packed(1) {
		pixels.image, dst = pixels.image.flat(), dst.flat()
	}
	width, height := dst.width, dst.height
	run := blockPixels
	if pixels.inPlace && dst.pixel == 1 {
		run = width
	}
	var scratch []byte
	if dst.pixel != 1 {
		scratch = make([]byte, min(width, blockPixels))
	}
	for y := range height {
		for x := 0; x < width; x += run {
			n := min(run, width-x)
			src := pixels.run(x, y, n)
			at := dst.offset + y*dst.row + x*dst.pixel
			if dst.pixel == 1 {
				k.project(dst.pix[at:][:n], src, pixels.format, table)
				continue
			}
			k.project(scratch[:n], src, pixels.format, table)
			for _, value := range scratch[:n] {
				dst.pix[at] = value
				at += dst.pixel
			}
		}
	}
}
