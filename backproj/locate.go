package backproj

import (
	"errors"
	"fmt"
)

// longRow is how many columns' sums Locate keeps without asking whether there
// are fewer rows: 8 MiB.
const longRow = 1 << 20

// Locate returns the window of width by height pixels with the greatest sum of
// all that lie within the plane, by its first pixel (x, y), and that sum. Of
// several it is the topmost, and of those the leftmost.
func Locate(prob Plane, width, height int) (x, y int, sum int64, err error) {
	r, err := prob.raster()
	if err != nil {
		return 0, 0, 0, fmt.Errorf("backproj: prob: %w", err)
	}
	if width < 1 || height < 1 || width > r.Width || height > r.Height {
		return 0, 0, 0, fmt.Errorf("backproj: a window of %d×%d does not fit into %d×%d pixels",
			width, height, r.Width, r.Height)
	}
	// A plane with longer rows lies on its side instead, so that the sums of
	// its columns take less memory than its pixels, unless those are one
	// another's (by Repeat). Of as many of either, there is no such memory.
	onSide := r.Width > longRow && r.Width > r.Height
	if onSide {
		r.Width, r.Height, r.Row, r.Pixel = r.Height, r.Width, r.Pixel, r.Row
		width, height = height, width
	}
	if r.Width > 1<<24 {
		return 0, 0, 0, errors.New("backproj: prob: its pixels are more than all memory holds")
	}
	// The sums of the columns of the windows that begin in a row follow from
	// those of the row above, and the sums of the windows from those to their
	// left: each pixel is read twice.
	columns := make([]int64, r.Width)
	sum = -1
	for bottom := range r.Height {
		at := r.Offset + bottom*r.Row
		for i := range columns {
			columns[i] += int64(r.Pix[at])
			at += r.Pixel
		}
		top := bottom - height + 1
		if top < 0 {
			continue
		}
		if top > 0 {
			at := r.Offset + (top-1)*r.Row
			for i := range columns {
				columns[i] -= int64(r.Pix[at])
				at += r.Pixel
			}
		}
		var window int64
		for i, column := range columns {
			window += column
			if i >= width {
				window -= columns[i-width]
			}
			left := i - width + 1
			if left >= 0 && (window > sum || window == sum && onSide && left < x) {
				x, y, sum = left, top, window
			}
		}
	}
	if onSide {
		x, y = y, x
	}
	return x, y, sum, nil
}
