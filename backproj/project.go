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
		if !src.empty() && (t.out.row == 0 && src.height > 1 || t.out.pixel == 0 && src.width > 1) {
			return errors.New("backproj: dst: field Stride: Repeat, but its pixels must be apart")
		}
	}
	for i := range targets {
		if targets[i].lookup, err = histograms[i].lookup(k); err != nil {
			return err
		}
		defer targets[i].lookup.release()
	}
	if src.empty() || len(targets) == 0 {
		return nil
	}
	parallel(src.height, run.workers(src, k), func(y0, y1 int) {
		band := make([]target, len(targets))
		for i, t := range targets {
			band[i] = target{out: t.out.rows(y0, y1), lookup: t.lookup}
		}
		project(k, band, src.rows(y0, y1))
	})
	return nil
}

// A target is where a histogram is projected to, and what is looked up there.
type target struct {
	out    raster
	lookup lookup
	direct bool // the kernel projects to it on its own
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
	// Where projecting is as fast as computing indices and looking them up,
	// only those targets that must share indices do.
	needsIndices, needsValues := false, false
	for i := range targets {
		l := &targets[i].lookup
		targets[i].direct = l.direct() && (len(targets) == 1 || !k.sharesIndices)
		if !targets[i].direct {
			needsIndices = true
			needsValues = needsValues || l.needsValues()
		}
	}
	width := pixels.image.width
	run := blockPixels
	if t := &targets[0]; len(targets) == 1 && t.direct && pixels.inPlace && t.out.pixel == 1 {
		run = longRun
	}
	run = min(run, width)
	var indexed *block
	if needsIndices {
		indexed = newBlock(run, needsValues)
		defer indexed.release()
	}
	scratch := newScratch(targets, run)
	for y := range pixels.image.height {
		for x := 0; x < width; x += run {
			n := min(run, width-x)
			src := pixels.run(x, y, n)
			var indices []uint16
			var values []uint8
			if needsIndices {
				indices, values = indexed.index(k, src, pixels.format, n)
			}
			for i := range targets {
				t := &targets[i]
				dst := t.out.place(x, y, n, scratch)
				if t.direct {
					t.lookup.project(k, dst, src, pixels.format)
				} else {
					t.lookup.apply(dst, indices, values)
				}
				t.out.scatter(x, y, dst)
			}
		}
	}
}

// newScratch returns memory for n results, if any target is not in place.
func newScratch(targets []target, n int) []byte {
	for i := range targets {
		if targets[i].out.pixel != 1 {
			return make([]byte, n)
		}
	}
	return nil
}

// place returns where to write the n results from (x, y) on: in place, or the
// scratch, from where scatter takes them to where they belong.
func (r *raster) place(x, y, n int, scratch []byte) []byte {
	if r.pixel != 1 {
		return scratch[:n]
	}
	return r.pix[r.offset+y*r.row+x:][:n]
}

// scatter writes results that are not in place.
func (r *raster) scatter(x, y int, results []byte) {
	if r.pixel == 1 {
		return
	}
	at := r.offset + y*r.row + x*r.pixel
	for _, value := range results {
		r.pix[at] = value
		at += r.pixel
	}
}
