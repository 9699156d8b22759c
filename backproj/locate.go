package backproj

import (
	"errors"
	"fmt"
	"sync"

	"github.com/backproj/backproj/backproj/internal/raster"
)

// longRow is the width up to which Locate keeps sums of columns, which are 8 MiB
// then, even if there are fewer rows than columns.
const longRow = 1 << 20

// locateGrain is the number of pixels that Locate reads in about 0.25 ms: see
// kernel.grain.
const locateGrain = 1 << 18

// Locate finds the window of width by height pixels within the plane, such as a
// back projection, whose pixels have the greatest sum. It returns the window's
// first pixel (x, y) and the sum. If several windows have that sum, it returns the
// topmost of them, and of those the leftmost. The Kernel of run is ignored.
func Locate(prob Plane, width, height int, run Run) (x, y int, sum int64, err error) {
	r, err := prob.raster()
	if err != nil {
		return 0, 0, 0, fmt.Errorf("backproj: prob: %w", err)
	}
	if width < 1 || height < 1 || width > r.Width || height > r.Height {
		return 0, 0, 0, fmt.Errorf("backproj: a window of %d×%d does not fit into %d×%d pixels",
			width, height, r.Width, r.Height)
	}
	// If rows are long, the plane is transposed where that makes them shorter: the
	// sums of columns then take less memory than the pixels. Only with Repeat can
	// a plane still have very many columns.
	transposed := r.Width > longRow && r.Width > r.Height
	if transposed {
		r.Width, r.Height, r.Row, r.Pixel = r.Height, r.Width, r.Pixel, r.Row
		width, height = height, width
	}
	if r.Width > 1<<24 {
		return 0, 0, 0, errors.New("backproj: prob: its pixels are more than all memory holds")
	}
	first := func(a, b window) bool {
		if transposed {
			return a.left < b.left || a.left == b.left && a.top < b.top
		}
		return a.top < b.top || a.top == b.top && a.left < b.left
	}
	// A band of windows reads height-1 rows more than it has rows of windows,
	// so a worker gets at least as many of these.
	tops := r.Height - height + 1
	workers := run.goroutines(max(1, min(tops/height, r.Width*r.Height/locateGrain)))
	best := window{sum: -1}
	var merge sync.Mutex
	parallel(tops, workers, func(y0, y1 int) {
		found := locate(&r, y0, y1, width, height, first)
		merge.Lock()
		defer merge.Unlock()
		if found.sum > best.sum || found.sum == best.sum && first(found, best) {
			best = found
		}
	})
	if transposed {
		best.left, best.top = best.top, best.left
	}
	return best.left, best.top, best.sum, nil
}

// A window is where a window begins, and the sum of its pixels.
type window struct {
	left, top int
	sum       int64
}

// locate returns the window with the greatest sum of those that begin in rows
// y0 to y1, and of several the one that comes first.
func locate(r *raster.Raster, y0, y1, width, height int, first func(a, b window) bool) window {
	// The sums of the columns of the windows that begin in a row follow from
	// those of the row above, and the sums of the windows from those to their
	// left: each pixel is read twice.
	columns := make([]int64, r.Width)
	best := window{sum: -1}
	for bottom := y0; bottom < y1+height-1; bottom++ {
		at := r.Offset + bottom*r.Row
		for i := range columns {
			columns[i] += int64(r.Pix[at])
			at += r.Pixel
		}
		top := bottom - height + 1
		if top < y0 {
			continue
		}
		if top > y0 {
			at := r.Offset + (top-1)*r.Row
			for i := range columns {
				columns[i] -= int64(r.Pix[at])
				at += r.Pixel
			}
		}
		var sum int64
		for i, column := range columns {
			sum += column
			if i >= width {
				sum -= columns[i-width]
			}
			left := i - width + 1
			if left < 0 || sum < best.sum {
				continue
			}
			if w := (window{left, top, sum}); sum > best.sum || first(w, best) {
				best = w
			}
		}
	}
	return best
}
