package backproj

import (
	"fmt"
	"image"
	"slices"
	"sync"

	"github.com/backproj/backproj/backproj/internal/raster"
)

// maxVisited is how many bytes a visited takes for pixels, unless one window needs
// more. If windows wander so far that they all would, those of before are
// forgotten.
const maxVisited = 1 << 21

// tileColumns is the number of columns that are projected together, as wide as the
// kernels' vectors: for fewer pixels of a row they take as long, and a window that
// moves by a few columns mostly stays within its tiles.
const tileColumns = 32

// A visited is a back projection of which only those pixels are computed that a
// window asks for, and those between them and the next tiles' columns, each once.
type visited struct {
	frame  image.Rectangle
	source source
	kernel *kernel

	bounds image.Rectangle // the part of the frame that pix has room for
	stride int
	pix    []uint8
	spans  []span // for each row of bounds, which columns are there

	// One of these is the source.
	projection framePart
	plane      planePart
}

// A span is the columns of a row from min up to max. If both are 0 there are none.
type span struct{ min, max int }

// A source writes the pixels of a rectangle, which begins at (x, y), to dst.
type source interface {
	write(dst raster.Raster, x, y int)
}

// A framePart is part of the back projection of a frame.
type framePart struct {
	kernel *kernel
	lookup lookup
	reader raster.Reader
}

func (s *framePart) write(dst raster.Raster, x, y int) {
	reader := s.reader
	reader.Raster = reader.Crop(x, y, dst.Width, dst.Height)
	targets := [1]target{{dst: dst, lookup: &s.lookup}}
	project(s.kernel, targets[:], reader)
}

// A planePart is part of a back projection that exists.
type planePart struct{ raster.Raster }

func (s *planePart) write(dst raster.Raster, x, y int) {
	from, to := s.Offset+y*s.Row+x*s.Pixel, dst.Offset
	for range dst.Height {
		row := dst.Pix[to:][:dst.Width]
		if s.Adjoins() {
			copy(row, s.Pix[from:])
		} else {
			at := from
			for x := range row {
				row[x] = s.Pix[at]
				at += s.Pixel
			}
		}
		from, to = from+s.Row, to+dst.Row
	}
}

// visits are lent to one call each, with the memory that earlier calls took.
var visits = sync.Pool{New: func() any { return new(visited) }}

// visit returns a visited of the histogram's back projection onto a frame.
func (h *Histogram) visit(frame Image, window image.Rectangle) (*visited, error) {
	r, err := frame.raster()
	if err == nil && r.Empty() {
		err = fmt.Errorf("%d×%d has no pixels", r.Width, r.Height)
	}
	if err != nil {
		return nil, fmt.Errorf("backproj: frame: %w", err)
	}
	if err := checkWindow(window, &r); err != nil {
		return nil, err
	}
	k, err := kernelNamed(h.Run.Kernel)
	if err != nil {
		return nil, err
	}
	l, err := h.lookup(k, min(window.Dx(), r.Width)*min(window.Dy(), r.Height), new([spaces]int))
	if err != nil {
		return nil, err
	}
	if err := l.plan.check(&r); err != nil {
		l.release()
		return nil, fmt.Errorf("backproj: frame: %w", err)
	}
	v := visits.Get().(*visited)
	v.kernel, v.projection.kernel, v.projection.lookup = k, k, l
	v.projection.reader.Reset(r, blockPixels)
	v.source, v.frame = &v.projection, image.Rect(0, 0, r.Width, r.Height)
	return v, nil
}

// visit returns a visited of the plane.
func (p Plane) visit(window image.Rectangle, run Run) (*visited, error) {
	r, err := p.raster()
	if err == nil && r.Empty() {
		err = fmt.Errorf("%d×%d has no pixels", r.Width, r.Height)
	}
	if err != nil {
		return nil, fmt.Errorf("backproj: prob: %w", err)
	}
	if err := checkWindow(window, &r); err != nil {
		return nil, err
	}
	k, err := kernelNamed(run.Kernel)
	if err != nil {
		return nil, err
	}
	v := visits.Get().(*visited)
	v.kernel, v.plane.Raster = k, r
	v.source, v.frame = &v.plane, image.Rect(0, 0, r.Width, r.Height)
	return v, nil
}

// checkWindow returns an error unless the window has pixels, and memory can hold as
// many of these as are within the raster.
func checkWindow(window image.Rectangle, r *raster.Raster) error {
	if window.Empty() {
		return fmt.Errorf("backproj: window: %v has no pixels", window)
	}
	// Only with Repeat can there be as many as that.
	if width, height := int64(min(window.Dx(), r.Width)), int64(min(window.Dy(), r.Height)); width > 1<<40/height {
		return fmt.Errorf("backproj: window: the pixels of %v are more than all memory holds", window)
	}
	return nil
}

// release gives back what the visited holds, and drops pointers to the caller's
// memory: see projection.release.
func (v *visited) release() {
	v.projection.lookup.release()
	v.projection.lookup, v.projection.reader.Pix, v.plane.Pix = lookup{}, nil, nil
	v.bounds, v.pix, v.spans = image.Rectangle{}, v.pix[:0], v.spans[:0]
	visits.Put(v)
}

// patch returns the pixels of a window, which must lie within the frame. They are
// there until the next call.
func (v *visited) patch(window image.Rectangle) patch {
	size := window.Size()
	if r := &v.plane; v.source == r && r.Adjoins() {
		return patch{r.Pix, r.Offset + window.Min.Y*r.Row + window.Min.X, r.Row, size.X, size.Y, v.kernel}
	}
	v.visit(window)
	return patch{v.pix, v.index(window.Min.X, window.Min.Y), v.stride, size.X, size.Y, v.kernel}
}

// visit sees to it that the pixels of a window are there.
func (v *visited) visit(window image.Rectangle) {
	window.Min.X &^= tileColumns - 1
	window.Max.X = min((window.Max.X+tileColumns-1)&^(tileColumns-1), v.frame.Max.X)
	if !window.In(v.bounds) {
		v.makeRoom(window)
	}
	spans := v.spans[window.Min.Y-v.bounds.Min.Y:][:window.Dy()]
	for first := 0; first < len(spans); {
		end := first + 1
		for end < len(spans) && spans[end] == spans[first] {
			end++
		}
		v.fill(spans[first:end], window.Min.X, window.Max.X, window.Min.Y+first)
		first = end
	}
}

// fill sees to it that columns x0 to x1 are there of rows that have equal spans,
// from y on. What lies between them and those that are there comes along. That is
// seldom anything, as a window touches the one before.
func (v *visited) fill(spans []span, x0, x1, y int) {
	there := spans[0]
	if there == (span{}) {
		there = span{x0, x0}
	}
	v.write(x0, there.min, y, len(spans))
	v.write(there.max, x1, y, len(spans))
	there = span{min(x0, there.min), max(x1, there.max)}
	for i := range spans {
		spans[i] = there
	}
}

// write writes columns x0 to x1 of so many rows from y on, if there are any.
func (v *visited) write(x0, x1, y, rows int) {
	if x0 < x1 {
		v.source.write(raster.Raster{
			Pix: v.pix, Offset: v.index(x0, y), Width: x1 - x0, Height: rows,
			Row: v.stride, Pixel: 1, Components: 1,
		}, x0, y)
	}
}

// index returns where a pixel of the frame lies in pix.
func (v *visited) index(x, y int) int {
	return (y-v.bounds.Min.Y)*v.stride + x - v.bounds.Min.X
}

// makeRoom enlarges the bounds so that the window lies within them.
func (v *visited) makeRoom(window image.Rectangle) {
	// With a quarter more on each side, and what CamShift adds, once is mostly enough.
	more := window.Size().Div(4).Add(image.Pt(tolerance, tolerance))
	wanted := image.Rectangle{window.Min.Sub(more), window.Max.Add(more)}
	bounds := wanted.Union(v.bounds).Intersect(v.frame)
	if bounds.Dy() > maxVisited/strideFor(bounds.Dx()) {
		bounds, v.bounds, v.pix, v.spans = window, image.Rectangle{}, v.pix[:0], v.spans[:0]
	}
	old, rows := *v, len(v.spans)
	v.bounds, v.stride = bounds, strideFor(bounds.Dx())
	size := v.stride * bounds.Dy()
	v.pix = slices.Grow(v.pix, size-len(v.pix))[:size]
	v.spans = slices.Grow(v.spans, bounds.Dy()-rows)[:bounds.Dy()]
	if rows == 0 {
		clear(v.spans)
		return
	}
	// Each row moves towards the end, if at all, so the last one goes first.
	for i := rows - 1; i >= 0; i-- {
		if there, y := v.spans[i], old.bounds.Min.Y+i; there != (span{}) {
			from := old.index(there.min, y)
			copy(v.pix[v.index(there.min, y):], v.pix[from:from+there.max-there.min])
		}
	}
	above := old.bounds.Min.Y - bounds.Min.Y
	copy(v.spans[above:], v.spans[:rows])
	clear(v.spans[:above])
	clear(v.spans[above+rows:])
}

// strideFor returns the stride of rows of that width. It is an odd number of cache
// lines, so that the rows of a column do not share the same few places in a cache.
func strideFor(width int) int { return (width+63)&^63 | 64 }
