package backproj

import (
	"errors"
	"fmt"
	"math"
)

// Channels says which channels of HSV a histogram has.
type Channels int

const (
	HueSaturation      Channels = iota // two dimensions: the default
	Hue                                // one dimension, as trackers use it
	HueSaturationValue                 // three dimensions
)

// String returns the name of the channels, such as "HueSaturation".
func (c Channels) String() string {
	return enumName("Channels", int(c), "HueSaturation", "Hue", "HueSaturationValue")
}

// dimensions returns how many of hue, saturation and value, in this order, the
// channels are.
func (c Channels) dimensions() int {
	switch c {
	case Hue:
		return 1
	case HueSaturation:
		return 2
	}
	return 3
}

// maxCells is the greatest number of bins of a histogram in all. A table with a
// byte for each bin then fits into a CPU's cache.
const maxCells = 1 << 20

// A Layout describes the bins of a histogram. The zero value is 32 bins of hue by
// 32 of saturation, over all hues and saturations.
type Layout struct {
	Channels Channels

	// Bins holds the numbers of bins, 1 to 256, of hue, saturation and value; 0
	// means 32. Those of channels that the histogram does not have are ignored.
	Bins [3]int

	// Ranges holds the inclusive lower and the exclusive upper bound of hue,
	// saturation and value. Two zeros mean all values: 0 to 180 for hue, 0 to 256
	// for the others. Pixels outside are not counted and project to 0. Ranges of
	// channels that the histogram does not have are ignored.
	Ranges [3][2]float32

	// InRange, if it is not nil, restricts the histogram to some colours. Pixels
	// outside are not counted and project to 0.
	InRange *Bounds
}

// Bounds are inclusive limits of hue, saturation and value, as of OpenCV's
// inRange. All three apply, whichever channels a histogram has. If Lo[0] > Hi[0],
// the hue wraps around after 179, as for red: hues from Lo[0] on and hues up to
// Hi[0] are inside.
type Bounds struct {
	Lo, Hi [3]uint8
}

// Cells returns the total number of bins, or an error if the layout is invalid.
func (l Layout) Cells() (int, error) {
	p, err := l.plan()
	if err != nil {
		return 0, err
	}
	return p.cells, nil
}

// TableLen returns the length of the table of a histogram with this layout, or
// an error if the layout is invalid.
func (l Layout) TableLen() (int, error) {
	p, err := l.plan()
	if err != nil {
		return 0, err
	}
	return p.tableLen(), nil
}

// Equal reports whether the layouts have the same channels, bins and ranges, and
// reject the same pixels, whether their defaults are written out or not.
func (l Layout) Equal(other Layout) bool {
	return l.explicit() == other.explicit() && l.bounds() == other.bounds()
}

// explicit returns the layout with its defaults written out, without the bins
// and ranges of channels that it does not have, and without InRange.
func (l Layout) explicit() Layout {
	l.InRange = nil
	whole := [3]float32{hues, 256, 256}
	for c := range whole {
		if c >= l.Channels.dimensions() {
			l.Bins[c], l.Ranges[c] = 0, [2]float32{}
			continue
		}
		if l.Bins[c] == 0 {
			l.Bins[c] = 32
		}
		if l.Ranges[c] == [2]float32{} {
			l.Ranges[c][1] = whole[c]
		}
	}
	return l
}

// bounds returns the bounds of InRange, or those that all pixels are within.
func (l Layout) bounds() Bounds {
	if l.InRange == nil {
		return Bounds{Hi: [3]uint8{255, 255, 255}}
	}
	return *l.InRange
}

// clone returns the layout with an InRange of its own.
func (l Layout) clone() Layout {
	if l.InRange != nil {
		bounds := *l.InRange
		l.InRange = &bounds
	}
	return l
}

// check returns an error if an explicit layout with these bounds is invalid.
func (l Layout) check(bounds Bounds) error {
	if l.Channels < HueSaturation || l.Channels > HueSaturationValue {
		return fmt.Errorf("backproj: field Channels: %d is none of them", int(l.Channels))
	}
	cells := 1
	for c := range l.Channels.dimensions() {
		bins, lo, hi := l.Bins[c], l.Ranges[c][0], l.Ranges[c][1]
		if bins < 1 || bins > 256 {
			return fmt.Errorf("backproj: field Bins: %d, not 1 to 256", bins)
		}
		if !(lo < hi) || math.IsInf(float64(hi)-float64(lo), 1) {
			return fmt.Errorf("backproj: field Ranges: %v to %v holds nothing", lo, hi)
		}
		cells *= bins
	}
	if cells > maxCells {
		return fmt.Errorf("backproj: field Bins: %d in all, more than %d", cells, maxCells)
	}
	if bounds.Lo[1] > bounds.Hi[1] || bounds.Lo[2] > bounds.Hi[2] {
		return errors.New("backproj: field InRange: the least saturation or value is beyond the greatest")
	}
	return nil
}
