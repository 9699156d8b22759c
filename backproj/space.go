package backproj

// A space is what kernels compute of a colour: three bytes, its first, second and
// third component. Each is a component of a colour model, as OpenCV's cvtColor
// computes it, but hues are hue bytes: see hueByte. The first two make the index.
type space int

const (
	hueSaturation   space = iota // hue, saturation; value
	hueValue                     // hue, value; saturation
	saturationValue              // saturation, value; hue
	crCb                         // Cr, Cb; Y
	blueGreen                    // blue, green; red
	grey                         // 0, grey; 0
	greyPlane                    // the same of images that have no colours
	aB                           // a, b; L

	spaces // the number of spaces
)

// rejectedHue is what the spaces with a hue as first component call rejected. No colour
// has that index, since 200 is no hue byte.
const rejectedHue = 200<<8 | 200

// A colourModel is one of OpenCV's, whose components have an order.
type colourModel int

const (
	hsvModel   colourModel = iota // hue, saturation, value
	yCrCbModel                    // Y, Cr, Cb
	labModel                      // L, a, b
	bgrModel                      // blue, green, red
	greyModel                     // grey

	colourModels // the number of colour models
)

// spaceTraits has what distinguishes the spaces.
var spaceTraits = [spaces]struct {
	model colourModel

	// places says, for each component of the model, whether it is the first (0), the
	// second (1) or the third one of the space.
	places [3]int

	// rejected is an index that no colour has. Tables have 0 there, for pixels that a
	// gate rejects.
	rejected uint16
}{
	hueSaturation:   {hsvModel, [3]int{0, 1, 2}, rejectedHue},
	hueValue:        {hsvModel, [3]int{0, 2, 1}, rejectedHue},
	saturationValue: {hsvModel, [3]int{2, 0, 1}, 255 << 8},       // black has saturation 0
	crCb:            {yCrCbModel, [3]int{2, 0, 1}, 255<<8 | 255}, // no colour is both red and blue without being lighter
	blueGreen:       {bgrModel, [3]int{0, 1, 2}, 0},              // all layouts have three channels, which need none
	grey:            {greyModel, [3]int{1, 0, 2}, 255<<8 | 255},  // the first component is 0
	greyPlane:       {greyModel, [3]int{1, 0, 2}, 255<<8 | 255},
	aB:              {labModel, [3]int{2, 0, 1}, 0}, // no colour is so green
}

// components returns the number of components of the model.
func (m colourModel) components() int {
	if m == greyModel {
		return 1
	}
	return 3
}

// isHue reports whether a component of the model is hue, which wraps around.
func (m colourModel) isHue(component int) bool { return m == hsvModel && component == 0 }

// whole returns how many values a component of the model has.
func (m colourModel) whole(component int) float32 {
	if m.isHue(component) {
		return hues
	}
	return 256
}

// hasFirst reports whether any colour has a first component.
func (s space) hasFirst(b int) bool {
	switch s {
	case hueSaturation, hueValue:
		return validHueByte(b)
	case grey, greyPlane:
		return b == 0
	}
	return true
}

// of returns the space of pixels: the same, or that of planes for one component.
func (s space) of(pixelSize int) space {
	if pixelSize == 1 {
		return greyPlane
	}
	return s
}
