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
// pixel of frame falls into, rounded half to even and limited to 0 to 255, or
// 0 if it falls into none. The two must be of one size and must not share
// memory.
func (h *Histogram) BackProject(dst Plane, frame Image) error {
	return BackProjectEach([]Plane{dst}, frame, []*Histogram{h}, h.Run)
}

// BackProjectEach back-projects several histograms, whose layouts may differ,
// onto one frame: the i-th onto dsts[i]. Hue and saturation of each pixel are
// computed once.
func BackProjectEach(dsts []Plane, frame Image, histograms []*Histogram, run Run) error {
	k, err := kernelNamed(run.Kernel)
	if err != nil {
		return err
	}
	if len(dsts) != len(histograms) {
		return fmt.Errorf("backproj: dsts: %d, but there are %d histograms", len(dsts), len(histograms))
	}
	src, err := frame.raster()
	if err != nil {
		return fmt.Errorf("backproj: frame: %w", err)
	}
	targets := make([]target, len(dsts))
	for i, dst := range dsts {
		t := &targets[i]
		if t.out, err = dst.raster(); err != nil {
			return fmt.Errorf("backproj: dst: %w", err)
		}
		if t.out.width != src.width || t.out.height != src.height {
			return fmt.Errorf("backproj: dst: %d×%d, but the frame is %d×%d",
				t.out.width, t.out.height, src.width, src.height)
		}
		if t.lookup, err = histograms[i].lookup(); err != nil {
			return err
		}
		if !src.empty() && (t.out.row == 0 && src.height > 1 || t.out.pixel == 0 && src.width > 1) {
			return errors.New("backproj: dst: field Stride: Repeat, but its pixels must be apart")
		}
	}
	if src.empty() || len(targets) == 0 {
		return nil
	}
	parallel(src.height, run.workers(src, k), func(y0, y1 int) {
		band := make([]target, len(targets))
		for i, t := range targets {
			band[i] = target{t.out.rows(y0, y1), t.lookup}
		}
		project(k, band, src.rows(y0, y1))
	})
	return nil
}

// A target is where a histogram is projected to, and what is looked up there.
type target struct {
	out    raster
	lookup lookup
}

// project back-projects image onto the targets, which are of the same size.
func project(k *kernel, targets []target, image raster) {
	pixels := newPixelReader(image)
	packed := pixels.inPlace && image.packed(pixels.format.size)
	for i := range targets {
		packed = packed && targets[i].out.packed(1)
	}
	if packed {
		pixels.image = pixels.image.flat()
		for i := range targets {
			targets[i].out = targets[i].out.flat()
		}
	}
	if t := &targets[0]; len(targets) == 1 && t.lookup.fused() {
		projectFused(k, t, &pixels)
		return
	}
	width := pixels.image.width
	needsValues := false
	for i := range targets {
		needsValues = needsValues || targets[i].lookup.needsValues()
	}
	block := newBlock(min(width, blockPixels), needsValues)
	scratch := make([]byte, min(width, blockPixels))
	for y := range pixels.image.height {
		for x := 0; x < width; x += blockPixels {
			n := min(blockPixels, width-x)
			indices, values := block.index(k, &pixels, x, y, n)
			for i := range targets {
				t := &targets[i]
				t.out.write(x, y, n, scratch, func(dst []byte) {
					t.lookup.apply(dst, indices, values)
				})
			}
		}
	}
}

// projectFused is for what the kernel does in one go.
func projectFused(k *kernel, t *target, pixels *pixelReader) {
	width := pixels.image.width
	run := blockPixels
	if pixels.inPlace && t.out.pixel == 1 {
		run = min(width, longRun)
	}
	var scratch []byte
	if t.out.pixel != 1 {
		scratch = make([]byte, min(width, blockPixels))
	}
	for y := range pixels.image.height {
		for x := 0; x < width; x += run {
			n := min(run, width-x)
			t.out.write(x, y, n, scratch, func(dst []byte) {
				k.project(dst, pixels.run(x, y, n), pixels.format, t.lookup.table, t.lookup.gate)
			})
		}
	}
}

// write lets fill write the pixels from (x, y) on: in place, or to the scratch
// and from there to where they belong.
func (r *raster) write(x, y, n int, scratch []byte, fill func(dst []byte)) {
	at := r.offset + y*r.row + x*r.pixel
	if r.pixel == 1 {
		fill(r.pix[at:][:n])
		return
	}
	fill(scratch[:n])
	for _, value := range scratch[:n] {
		r.pix[at] = value
		at += r.pixel
	}
}
