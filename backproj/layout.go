package backproj

import (
	"fmt"
	"math"
)

// Channels says which channels a histogram has, in this order.
type Channels int

const (
	HueSaturation      Channels = iota // of HSV, two dimensions: the default
	Hue                                // of HSV, one dimension, as trackers use it
	HueSaturationValue                 // of HSV, three dimensions
	Saturation
	Value
	HueValue
	SaturationValue
	Gray         // OpenCV's grey of a colour, or a grey image's pixels
	CrCb         // of YCrCb, as for skin
	YCrCb        // three dimensions
	BlueGreenRed // a pixel's own components, whatever their order
	AB           // of Lab
	Lab          // three dimensions
)

// channelSets describes each of the Channels: which components of the space's colour
// model they are, in their order.
var channelSets = [...]struct {
	name     string
	space    space
	channels []int
}{
	HueSaturation:      {"HueSaturation", hueSaturation, []int{0, 1}},
	Hue:                {"Hue", hueSaturation, []int{0}},
	HueSaturationValue: {"HueSaturationValue", hueSaturation, []int{0, 1, 2}},
	Saturation:         {"Saturation", hueSaturation, []int{1}},
	Value:              {"Value", saturationValue, []int{2}},
	HueValue:           {"HueValue", hueValue, []int{0, 2}},
	SaturationValue:    {"SaturationValue", saturationValue, []int{1, 2}},
	Gray:               {"Gray", grey, []int{0}},
	CrCb:               {"CrCb", crCb, []int{1, 2}},
	YCrCb:              {"YCrCb", crCb, []int{0, 1, 2}},
	BlueGreenRed:       {"BlueGreenRed", blueGreen, []int{0, 1, 2}},
	AB:                 {"AB", aB, []int{1, 2}},
	Lab:                {"Lab", aB, []int{0, 1, 2}},
}

// String returns the name of the channels, such as "HueSaturation".
func (c Channels) String() string {
	if !c.valid() {
		return fmt.Sprintf("Channels(%d)", int(c))
	}
	return channelSets[c].name
}

func (c Channels) valid() bool { return c >= 0 && int(c) < len(channelSets) }

// components returns which components of the colour model the channels are.
func (c Channels) components() []int { return channelSets[c].channels }

// model returns the colour model that the channels are of.
func (c Channels) model() colourModel { return spaceTraits[channelSets[c].space].model }

// maxCells is the greatest number of bins of a histogram in all. A table with a
// byte for each bin then fits into a CPU's cache.
const maxCells = 1 << 20

// A Layout describes the bins of a histogram. The zero value is 32 bins of hue by
// 32 of saturation, over all hues and saturations.
type Layout struct {
	Channels Channels

	// Bins holds the numbers of bins, 1 to 256, of each of the channels; 0 means 32.
	// Those beyond the last channel are ignored.
	Bins [3]int

	// Ranges holds the inclusive lower and the exclusive upper bound of each of the
	// channels. Two zeros mean all values: 0 to 180 for hue, 0 to 256 for the others.
	// Pixels outside are not counted and project to 0. Ranges beyond the last channel
	// are ignored.
	Ranges [3][2]float32

	// InRange, if it is not nil, restricts the histogram to some colours. Pixels
	// outside are not counted and project to 0.
	InRange *Bounds
}

// Bounds are inclusive limits of the components of the channels' colour model, in
// OpenCV's order, as of OpenCV's inRange: hue, saturation and value; Y, Cr and Cb;
// L, a and b; blue, green and red; or grey alone. All apply, whichever of them are channels. If
// the lower limit of a hue is greater than the upper one, the hue wraps around after
// 179, as for red: hues from Lo[0] on and hues up to Hi[0] are inside.
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
	if !l.Channels.valid() {
		return l
	}
	components := l.Channels.components()
	for c := range l.Bins {
		if c >= len(components) {
			l.Bins[c], l.Ranges[c] = 0, [2]float32{}
			continue
		}
		if l.Bins[c] == 0 {
			l.Bins[c] = 32
		}
		if l.Ranges[c] == [2]float32{} {
			l.Ranges[c][1] = l.Channels.model().whole(components[c])
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
	if !l.Channels.valid() {
		return fmt.Errorf("backproj: field Channels: %d is none of them", int(l.Channels))
	}
	cells := 1
	for c := range l.Channels.components() {
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
	model := l.Channels.model()
	for c := range model.components() {
		if bounds.Lo[c] > bounds.Hi[c] && !model.isHue(c) {
			return fmt.Errorf("backproj: field InRange: from %d to %d there is nothing; only hue wraps around", bounds.Lo[c], bounds.Hi[c])
		}
	}
	return nil
}
