package backproj

import (
	"fmt"
)

// Otsu returns the level that divides the pixels of a plane, such as the sums over a
// disc, into two classes whose means differ most, weighted by their sizes: those up
// to the level, and those above it. It is OpenCV's threshold with THRESH_OTSU,
// operation by operation.
//
// See N. Otsu, "A threshold selection method from gray-level histograms", IEEE
// Transactions on Systems, Man, and Cybernetics 9:1 (1979).
func Otsu(prob Plane) (level uint8, err error) {
	r, err := prob.raster()
	if err != nil {
		return 0, fmt.Errorf("backproj: prob: %w", err)
	}
	// Neighbours are often equal, and a count has to wait for the one before. So
	// there are several.
	var counts [4][256]int
	for y := range r.Height {
		at := r.Offset + y*r.Row
		for x := range r.Width {
			counts[x%4][r.Pix[at]]++
			at += r.Pixel
		}
	}
	all := &counts[0]
	for i := range all {
		all[i] += counts[1][i] + counts[2][i] + counts[3][i]
	}
	return otsu(all, r.Width*r.Height), nil
}

// otsu is OpenCV's getThreshVal_Otsu.
func otsu(counts *[256]int, pixels int) (level uint8) {
	const epsilon = 0x1p-23 // FLT_EPSILON
	perPixel := 1 / float64(pixels)
	var mean float64
	for i, n := range counts {
		mean += float64(float64(i) * float64(n))
	}
	mean = float64(mean * perPixel)
	var below, mostBetween float64 // the mean up to i, and the greatest variance between classes
	var part float64               // of the pixels, up to i
	for i, n := range counts {
		share := float64(float64(n) * perPixel)
		below = float64(below * part)
		part += share
		rest := 1 - part
		if min(part, rest) < epsilon || max(part, rest) > 1-epsilon {
			continue
		}
		below = (below + float64(float64(i)*share)) / part
		above := (mean - float64(part*below)) / rest
		between := float64(float64(float64(part*rest)*(below-above)) * (below - above))
		if between > mostBetween {
			mostBetween, level = between, uint8(i)
		}
	}
	return level
}
