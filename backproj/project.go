package backproj

import (
	"errors"
	"fmt"
	"slices"
	"sync"
)

// Run says how work is done; the result never depends on it.
type Run struct {
	// Kernel is one of Kernels; "" is the fastest.
	Kernel string

	// Threads is the greatest number of goroutines; 0 means GOMAXPROCS. Small
	// images use fewer.
	Threads int
}

// BackProject writes to each pixel of dst the value of the bin that the same
// pixel of frame falls into, rounded half to even and limited to 0 to 255, or
// 0 if it falls into none. The two must be of one size and must not share
// memory.
func (h *Histogram) BackProject(dst Plane, frame Image) error {
	return BackProjectEach([]Plane{dst}, []Image{frame}, []*Histogram{h}, h.Run)
}

// BackProjectModel back-projects the histogram of a model onto a frame, for
// once: it is faster than NewHistogram and then BackProject if the frame is
// small. It returns how many of the model's pixels the fullest bin has. The
// options may be nil.
func BackProjectModel(dst Plane, frame, model Image, options *Options) (fullest int64, err error) {
	if options == nil {
		options = new(Options)
	}
	plan, err := options.Layout.plan()
	if err != nil {
		return 0, err
	}
	h := histograms.Get().(*Histogram)
	defer histograms.Put(h)
	h.Layout, h.Run = options.Layout, options.Run
	h.Counts = slices.Grow(h.Counts[:0], plan.cells)[:plan.cells]
	h.Values = slices.Grow(h.Values[:0], plan.cells)[:plan.cells]
	if fullest, err = h.Fit(model, options.Mask, options.Peak); err != nil {
		return 0, err
	}
	return fullest, h.BackProject(dst, frame)
}

// histograms are used for one call each: making their slices takes as long as
// projecting a frame of 64 by 64 pixels, collecting them longer.
var histograms = sync.Pool{New: func() any { return new(Histogram) }}

// BackProjectEach back-projects several histograms, whose layouts may differ,
// onto several frames: the i-th onto the j-th frame in dsts[i*len(frames)+j].
// The frames share their threads, so that many small ones have use of them too.
func BackProjectEach(dsts []Plane, frames []Image, histograms []*Histogram, run Run) error {
	k, err := kernelNamed(run.Kernel)
	if err != nil {
		return err
	}
	if len(dsts) != len(histograms)*len(frames) {
		return fmt.Errorf("backproj: dsts: %d, but there are %d histograms and %d frames", len(dsts), len(histograms), len(frames))
	}
	p := projections.Get().(*projection)
	defer p.release()
	p.kernel = k
	rows, pixels := 0, 0
	for _, frame := range frames {
		source, err := frame.raster()
		if err != nil {
			return fmt.Errorf("backproj: frame: %w", err)
		}
		p.sources = append(p.sources, source)
		if !source.empty() {
			rows += source.height
			pixels += source.height * source.width
		}
	}
	for i, dst := range dsts {
		out, err := dst.raster()
		if err != nil {
			return fmt.Errorf("backproj: dst: %w", err)
		}
		if err := out.holds(&p.sources[i%len(frames)]); err != nil {
			return fmt.Errorf("backproj: dst: %w", err)
		}
		p.outs = append(p.outs, out)
	}
	// Where computing indices is slow beside looking them up, several histograms
	// share them.
	shared := k.sharesIndices && len(histograms) > 1
	for _, h := range histograms {
		l, err := h.lookup(k, pixels, shared)
		if err != nil {
			return err
		}
		p.lookups = append(p.lookups, l)
	}
	if rows > 0 && len(histograms) > 0 {
		share(rows, run.workers(rows, pixels*len(histograms), k), p.band)
	}
	return nil
}

// A projection is what the goroutines of one call of BackProjectEach share.
type projection struct {
	kernel        *kernel
	sources, outs []raster // as frames and dsts
	lookups       []lookup
}

// projections are lent to one call each, which without them would spend a
// third of what it takes for 64 by 64 pixels on allocating.
var projections = sync.Pool{New: func() any { return new(projection) }}

// release forgets all memory of others, which may become the heap's when they
// give it back: a pointer into it must not be found then.
func (p *projection) release() {
	for i := range p.lookups {
		p.lookups[i].release()
	}
	clear(p.sources)
	clear(p.outs)
	clear(p.lookups)
	p.sources, p.outs, p.lookups = p.sources[:0], p.outs[:0], p.lookups[:0]
	projections.Put(p)
}

// band projects rows y0 to y1 of all frames, one below the other.
func (p *projection) band(y0, y1 int) {
	var one [1]target
	targets := one[:]
	if len(p.lookups) > 1 {
		targets = make([]target, len(p.lookups))
	}
	for j, source := range p.sources {
		if source.empty() {
			continue
		}
		if top, bottom := max(y0, 0), min(y1, source.height); top < bottom {
			for i := range targets {
				targets[i] = target{out: p.outs[i*len(p.sources)+j].rows(top, bottom), lookup: &p.lookups[i]}
			}
			project(p.kernel, targets, source.rows(top, bottom))
		}
		y0, y1 = y0-source.height, y1-source.height
	}
}

// holds returns an error unless the raster has a pixel of its own for each pixel
// of the source.
func (r *raster) holds(source *raster) error {
	if r.width != source.width || r.height != source.height {
		return fmt.Errorf("%d×%d, but the frame is %d×%d", r.width, r.height, source.width, source.height)
	}
	if r.overlaps() {
		return errors.New("field Stride: pixels overlap")
	}
	return nil
}

// A target is where a histogram is projected to, and what is looked up there.
type target struct {
	out    raster
	lookup *lookup
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
	needsIndices, needsValues := false, false
	for i := range targets {
		if l := targets[i].lookup; !l.direct {
			needsIndices = true
			needsValues = needsValues || l.needsValues()
		}
	}
	width := pixels.image.width
	run := blockPixels
	if t := &targets[0]; len(targets) == 1 && t.lookup.direct && pixels.inPlace && t.out.pixel == 1 {
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
				indices, values = indexed.convert(k, src, pixels.format, n)
			}
			for i := range targets {
				t := &targets[i]
				dst := t.out.place(x, y, n, scratch)
				if t.lookup.direct {
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
