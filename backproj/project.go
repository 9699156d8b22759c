package backproj

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/backproj/backproj/backproj/internal/raster"
)

// BackProject writes to each pixel of dst the value of the bin that the same pixel
// of frame falls into, rounded half to even and limited to 0 to 255. The result is
// 0 for a pixel in no bin. The two must have the same size and must not share
// memory, and no two pixels of dst may be the same byte.
func (h *Histogram) BackProject(dst Plane, frame Image) error {
	return BackProjectEach([]Plane{dst}, []Image{frame}, []*Histogram{h}, h.Run)
}

// BackProjectModel back-projects the histogram of a model onto one frame. For a
// small frame it is faster than NewHistogram followed by BackProject. It returns
// the number of the model's pixels in the fullest bin, which is 0 if no pixel was
// counted. The options may be nil.
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

// histograms are lent to one call each. Allocating their slices would take as long
// as projecting a frame of 64×64 pixels, and collecting them longer.
var histograms = sync.Pool{New: func() any { return new(Histogram) }}

// BackProjectEach back-projects several histograms, whose layouts may differ, onto
// several frames, whose sizes may differ. The result of histogram i for frame j is
// written to dsts[i*len(frames)+j]. See [Histogram.BackProject] for what it is.
//
// Work is split across all frames, so that batches of small frames also run in
// parallel. The Run of each histogram is ignored.
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
	rows, pixels, err := p.setFrames(frames)
	if err != nil {
		return err
	}
	if err := p.setDsts(dsts); err != nil {
		return err
	}
	if err := p.setLookups(histograms, pixels); err != nil {
		return err
	}
	if rows > 0 && len(histograms) > 0 {
		share(rows, run.workers(rows, pixels*len(histograms), k), p.band)
	}
	return nil
}

// A projection is what the goroutines of one call of BackProjectEach share.
type projection struct {
	kernel  *kernel
	frames  []raster.Raster
	dsts    []raster.Raster // in the order of BackProjectEach
	lookups []lookup        // one for each histogram
}

// projections are lent to one call each. Allocating one would take a third of the
// time of a call for 64×64 pixels.
var projections = sync.Pool{New: func() any { return new(projection) }}

// release drops all pointers to the caller's memory. If that is not Go's, it may
// be mapped as Go heap once it is freed, and the garbage collector would find
// stale pointers into it.
func (p *projection) release() {
	for i := range p.lookups {
		p.lookups[i].release()
	}
	clear(p.frames)
	clear(p.dsts)
	clear(p.lookups)
	p.frames, p.dsts, p.lookups = p.frames[:0], p.dsts[:0], p.lookups[:0]
	projections.Put(p)
}

// setFrames sets the frames. It returns how many rows and pixels they have in all.
func (p *projection) setFrames(frames []Image) (rows, pixels int, err error) {
	for _, frame := range frames {
		r, err := frame.raster()
		if err != nil {
			return 0, 0, fmt.Errorf("backproj: frame: %w", err)
		}
		p.frames = append(p.frames, r)
		if !r.Empty() {
			rows += r.Height
			pixels += r.Height * r.Width
		}
	}
	return rows, pixels, nil
}

// setDsts sets the planes to write to.
func (p *projection) setDsts(dsts []Plane) error {
	for i, dst := range dsts {
		r, err := dst.raster()
		if err != nil {
			return fmt.Errorf("backproj: dst: %w", err)
		}
		frame := &p.frames[i%len(p.frames)]
		if r.Width != frame.Width || r.Height != frame.Height {
			return fmt.Errorf("backproj: dst: %d×%d, but the frame is %d×%d", r.Width, r.Height, frame.Width, frame.Height)
		}
		if r.Overlaps() {
			return errors.New("backproj: dst: field Stride: pixels overlap")
		}
		p.dsts = append(p.dsts, r)
	}
	return nil
}

// setLookups sets the lookups of the histograms for so many pixels in all.
func (p *projection) setLookups(histograms []*Histogram, pixels int) error {
	var sharing [spaces]int // how many histograms share a space's indices
	if len(histograms) > 1 {
		for _, h := range histograms {
			if plan, err := h.Layout.plan(); err == nil {
				sharing[plan.space]++
			}
		}
	}
	for _, h := range histograms {
		l, err := h.lookup(p.kernel, pixels, &sharing)
		if err != nil {
			return err
		}
		p.lookups = append(p.lookups, l)
		for i := range p.frames {
			if err := l.plan.check(&p.frames[i]); err != nil {
				return fmt.Errorf("backproj: frame: %w", err)
			}
		}
	}
	return nil
}

// band projects rows y0 to y1 of all frames, as if each began below the one before.
func (p *projection) band(y0, y1 int) {
	var one [1]target
	targets := one[:]
	if len(p.lookups) > 1 {
		targets = make([]target, len(p.lookups))
	}
	for j, frame := range p.frames {
		if frame.Empty() {
			continue
		}
		if top, bottom := max(y0, 0), min(y1, frame.Height); top < bottom {
			for i := range targets {
				targets[i] = target{dst: p.dsts[i*len(p.frames)+j].Rows(top, bottom), lookup: &p.lookups[i]}
			}
			if len(targets) > 1 {
				slices.SortStableFunc(targets, func(a, b target) int { return cmp.Compare(a.lookup.plan.space, b.lookup.plan.space) })
			}
			project(p.kernel, targets, raster.NewReader(frame.Rows(top, bottom), blockPixels))
		}
		y0, y1 = y0-frame.Height, y1-frame.Height
	}
}

// A target is a plane to write to, and what to look up for it.
type target struct {
	dst    raster.Raster
	lookup *lookup
	sparseness
}

// project back-projects the frame that a reader reads onto the targets, which have
// its size. Those of a space follow one another, so that they share its indices.
func project(k *kernel, targets []target, reader raster.Reader) {
	flatten(&reader, targets)
	needsIndices, needsThird := false, false
	for i := range targets {
		if l := targets[i].lookup; !l.direct {
			needsIndices = true
			needsThird = needsThird || l.needsThird()
		}
	}
	width := reader.Width
	run := min(runPixels(&reader, targets), width)
	var indexed block
	if needsIndices {
		indexed = newBlock(run, needsThird)
		defer indexed.release()
	}
	scratch := newScratch(targets, run)
	for y := range reader.Height {
		for x := 0; x < width; x += run {
			n := min(run, width-x)
			src := reader.Run(x, y, n)
			var indices []uint16
			var thirds []uint8
			converted := spaces // the space of these, none yet
			for i := range targets {
				t := &targets[i]
				space := t.lookup.plan.space.of(reader.Format.Size)
				c := &k.spaces[space]
				results := t.dst.Place(x, y, n, scratch)
				if t.lookup.direct {
					t.lookup.project(c, results, src, reader.Format, &t.sparseness)
				} else {
					if space != converted {
						indices, thirds = indexed.convert(c, src, reader.Format, n)
						converted = space
					}
					t.lookup.apply(results, indices, thirds)
				}
				if !t.dst.Adjoins() {
					t.dst.Scatter(x, y, results)
				}
			}
		}
	}
}

// flatten turns the frame and all targets into single rows if there is no gap
// between their rows.
func flatten(reader *raster.Reader, targets []target) {
	if !reader.InPlace || !reader.Packed(reader.Format.Size) {
		return
	}
	for i := range targets {
		if !targets[i].dst.Packed(1) {
			return
		}
	}
	reader.Raster = reader.Flat()
	for i := range targets {
		targets[i].dst = targets[i].dst.Flat()
	}
}

// runPixels returns how many pixels to project at a time: long runs where the
// kernel reads and writes in place, else blocks.
func runPixels(reader *raster.Reader, targets []target) int {
	if t := &targets[0]; len(targets) == 1 && t.lookup.direct && reader.InPlace && t.dst.Adjoins() {
		return maxRunPixels
	}
	return blockPixels
}

// newScratch returns memory for n results, if those of any target do not adjoin.
func newScratch(targets []target, n int) []byte {
	for i := range targets {
		if !targets[i].dst.Adjoins() {
			return make([]byte, n)
		}
	}
	return nil
}
