package backproj

import (
	"fmt"
)

// ValueCounts says how many pixels have each value, such as the sums over a disc of
// an image that is read in parts.
type ValueCounts [256]int64

// Add counts the pixels of a plane, in addition to those before.
func (c *ValueCounts) Add(prob Plane) error {
	r, err := prob.raster()
	if err != nil {
		return fmt.Errorf("backproj: prob: %w", err)
	}
	// Neighbours are often equal, and a count has to wait for the one before. So
	// there are several.
	var counts [4]ValueCounts
	for y := range r.Height {
		at := r.Offset + y*r.Row
		for x := range r.Width {
			counts[x%4][r.Pix[at]]++
			at += r.Pixel
		}
	}
	for i := range c {
		c[i] += counts[0][i] + counts[1][i] + counts[2][i] + counts[3][i]
	}
	return nil
}

// Otsu returns the level that divides the pixels of a plane, such as the sums over a
// disc, into two classes whose means differ most, weighted by their sizes: those up
// to the level, and those above it. It is OpenCV's threshold with THRESH_OTSU,
// operation by operation.
//
// See N. Otsu, "A threshold selection method from gray-level histograms", IEEE
// Transactions on Systems, Man, and Cybernetics 9:1 (1979).
func Otsu(prob Plane) (uint8, error) {
	var counts ValueCounts
	if err := counts.Add(prob); err != nil {
		return 0, err
	}
	return counts.Otsu(), nil
}

// Otsu returns the level of the pixels that were counted: see the function [Otsu].
func (c *ValueCounts) Otsu() (level uint8) {
	// These are the operations of OpenCV's getThreshVal_Otsu.
	const epsilon = 0x1p-23 // FLT_EPSILON
	var pixels int64
	for _, n := range c {
		pixels += n
	}
	perPixel := 1 / float64(pixels)
	var mean float64
	for i, n := range c {
		mean += float64(float64(i) * float64(n))
	}
	mean = float64(mean * perPixel)
	var below, mostBetween float64 // the mean up to i, and the greatest variance between classes
	var part float64               // of the pixels, up to i
	for i, n := range c {
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
