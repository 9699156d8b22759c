package backproj

import (
	"bytes"
	"fmt"
	"image"
	"math"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/backproj/backproj/backproj/internal/raster"
)

// hsvFormula is OpenCV's conversion in plain steps. Like the other formulas of this
// file it shares no code with the package.
func hsvFormula(b, g, r int) (hue, saturation int) {
	half := func(numerator, denominator int) int { // rounds to nearest, ties to even
		if denominator == 0 {
			return 0
		}
		q, rest := numerator/denominator, numerator%denominator
		if 2*rest > denominator || 2*rest == denominator && q%2 == 1 {
			q++
		}
		return q
	}
	v := max(b, g, r)
	d := v - min(b, g, r)
	var n int
	switch {
	case v == r:
		n = g - b
	case v == g:
		n = b - r + 2*d
	default:
		n = r - g + 4*d
	}
	saturation = (d*half(255*4096, v) + 2048) >> 12
	hue = (n*half(180*4096, 6*d) + 2048) >> 12
	if hue < 0 {
		hue += 180
	}
	return hue, saturation
}

// yCrCbFormula is OpenCV's conversion in plain steps.
func yCrCbFormula(b, g, r int) (y, cr, cb int) {
	limited := func(x int) int { return min(max(x, 0), 255) }
	y = (4899*r + 9617*g + 1868*b + 8192) / 16384
	cr = limited(((r-y)*11682 + 128*16384 + 8192) / 16384)
	cb = limited(((b-y)*9241 + 128*16384 + 8192) / 16384)
	return y, cr, cb
}

// labFormula is OpenCV's conversion, with its own cube root.
func labFormula(b, g, r int) (l, a, bb int) {
	light, root := lightFormula(), labRootFormula()
	var f [3]int
	for i, weights := range [3][3]int{{1777, 1541, 778}, {871, 2929, 296}, {73, 448, 3575}} {
		sum := weights[0]*light[r] + weights[1]*light[g] + weights[2]*light[b]
		f[i] = root[(sum+2048)/4096]
	}
	return (296*f[1] - 1336934 + 16384) / 32768, (500*(f[0]-f[1]) + 4210688) / 32768, (200*(f[1]-f[2]) + 4210688) / 32768
}

// lightFormula has 2040 times the light of each component of sRGB.
var lightFormula = sync.OnceValue(func() *[256]int {
	light := new([256]int)
	for i := range light {
		exact := float64(i) / 255 / 12.92
		if i > 10 {
			exact = math.Exp(2.4 * math.Log((float64(i)/255+0.055)/1.055))
		}
		light[i] = int(math.Round(2040 * exact))
	}
	return light
})

// labRootFormula has what OpenCV's softfloat.cpp, f32_cbrt, and color_lab.cpp make of
// each X, Y and Z: a cube root by Ken Turkowski's quotient of polynomials.
var labRootFormula = sync.OnceValue(func() *[2041]int {
	roots := new([2041]int)
	polynomial := func(x float64, coefficients ...float64) (sum float64) {
		for _, c := range coefficients {
			sum = float64(sum*x) + c
		}
		return sum
	}
	for i := range roots {
		x := float32(1) / float32(2040) * float32(i)
		f := float32(math.FMA(float64(x), float64(float32(841)/float32(108)), float64(float32(16)/float32(116))))
		if x >= float32(216)/float32(24389) {
			fraction, scale := float64(x), 1.0
			for fraction < 0.125 {
				fraction, scale = 8*fraction, scale/2
			}
			root := polynomial(fraction, 45.2548339756803022511987494, 192.2798368355061050458134625,
				119.1654824285581628956914143, 13.43250139086239872172837314, 0.1636161226585754240958355063) /
				polynomial(fraction, 14.80884093219134573786480845, 151.9714051044435648658557668,
					168.5254414101568283957668343, 33.9905941350215598754191872, 1)
			f = float32(scale * math.Float64frombits(math.Float64bits(root)>>29<<29))
		}
		roots[i] = int(math.RoundToEven(float64(32768 * f)))
	}
	return roots
})

// modelFormula returns the components of a colour in a colour model, in OpenCV's order.
func modelFormula(m colourModel, b, g, r int) (components [3]uint8) {
	var x, y, z int
	switch m {
	case hsvModel:
		x, y = hsvFormula(b, g, r)
		z = max(b, g, r)
	case yCrCbModel:
		x, y, z = yCrCbFormula(b, g, r)
	case labModel:
		x, y, z = labFormula(b, g, r)
	case bgrModel:
		x, y, z = b, g, r
	case greyModel:
		x = (9798*r + 19235*g + 3735*b + 16384) / 32768
	}
	return [3]uint8{uint8(x), uint8(y), uint8(z)}
}

// spaceFormula returns the index and the third component of a colour, with OpenCV's
// hue in place of a hue byte.
func spaceFormula(s space, b, g, r int) (index uint16, third uint8) {
	components := modelFormula(spaceTraits[s].model, b, g, r)
	var placed [3]uint8
	for c, place := range spaceTraits[s].places {
		placed[place] = components[c]
	}
	return uint16(placed[0])<<8 | uint16(placed[1]), placed[2]
}

// openCVOf returns an index and a third component with OpenCV's hue in place of a hue
// byte.
func openCVOf(s space, index uint16, third uint8) (uint16, uint8) {
	switch s {
	case hueSaturation, hueValue:
		return uint16(hueOf(int(index>>8)))<<8 | index&0xff, third
	case saturationValue:
		return index, uint8(hueOf(int(third)))
	}
	return index, third
}

// formats are the four formats of colours that kernels read.
var formats = []raster.Format{
	{Size: 3}, {Size: 3, RedFirst: true}, {Size: 4}, {Size: 4, RedFirst: true},
}

// formatsOf returns the formats of the pixels that are converted to a space.
func formatsOf(s space) []raster.Format {
	if s == greyPlane {
		return []raster.Format{{Size: 1}}
	}
	return formats
}

// colours writes n pixels to src, whose colours 0xRRGGBB are the numbers from first
// on. Planes have their lowest bytes.
func colours(src []byte, format raster.Format, first, n int) {
	for i := range n {
		c := first + i
		p := src[i*format.Size:]
		p[0] = byte(c)
		if format.Size == 1 {
			continue
		}
		p[1], p[2] = byte(c>>8), byte(c>>16)
		if format.RedFirst {
			p[0], p[2] = p[2], p[0]
		}
		if len(p) > 3 && format.Size == 4 {
			p[3] = byte(c * 7) // kernels must ignore it
		}
	}
}

// setRed makes the first 2^16 colours, without red, those that follow one another from
// red<<16 on. Planes have none.
func setRed(src []byte, format raster.Format, red int) {
	at := 2
	if format.RedFirst {
		at = 0
	}
	if format.Size == 1 {
		return
	}
	for ; at < len(src); at += format.Size {
		src[at] = byte(red)
	}
}

// colour returns blue, green and red of the pixel at the beginning of p, which are
// equal in a plane.
func colour(p []byte, format raster.Format) (b, g, r int) {
	switch {
	case format.Size == 1:
		return int(p[0]), int(p[0]), int(p[0])
	case format.RedFirst:
		return int(p[2]), int(p[1]), int(p[0])
	}
	return int(p[0]), int(p[1]), int(p[2])
}

// A converter is one of the conversions that kernels have, for one format.
type converter struct {
	*conversion
	kernel *kernel
	space  space
	format raster.Format
}

func (c converter) String() string {
	return fmt.Sprintf("%s/%v/%+v", c.kernel.name, spaceNames[c.space], c.format)
}

// converts reports whether such pixels are converted by c for histograms with the plan.
func (c converter) converts(p *plan) bool {
	return p.space == c.space || p.space == grey && c.space == greyPlane
}

var spaceNames = [spaces]string{
	hueSaturation: "hueSaturation", hueValue: "hueValue", saturationValue: "saturationValue",
	crCb: "crCb", blueGreen: "blueGreen", grey: "grey", greyPlane: "greyPlane", aB: "aB",
}

// converters returns all of them, without those that a kernel shares with the generic
// one.
func converters() (all []converter) {
	for _, k := range kernels {
		for s := range spaces {
			c, generic := &k.spaces[s], &genericKernel.spaces[s]
			if k != &genericKernel && same(c.project, generic.project) && same(c.convert, generic.convert) && same(c.projectCoded, generic.projectCoded) {
				continue
			}
			for _, format := range formatsOf(s) {
				all = append(all, converter{c, k, s, format})
			}
		}
	}
	return all
}

// same reports whether functions have the same code.
func same(f, g any) bool { return reflect.ValueOf(f).Pointer() == reflect.ValueOf(g).Pointer() }

// first returns the least colour, and end the greatest but one, that pixels of a
// format may have.
func (c converter) end() int {
	if c.format.Size == 1 {
		return 1 << 16
	}
	return 1 << 24
}

func TestEachSpaceHasAnIndexThatNoColourHas(t *testing.T) {
	for s := range spaces {
		if s == blueGreen {
			continue // its layouts need none
		}
		t.Run(spaceNames[s], func(t *testing.T) {
			t.Parallel()
			for c := range 1 << 24 {
				index, _ := spaceFormula(s, c&255, c>>8&255, c>>16)
				if index == spaceTraits[s].rejected {
					t.Fatalf("colour %#06x has the index %#04x", c, index)
				}
			}
		})
	}
}

func TestHueGatesAcceptTheHueBytesOfTheHuesThatAreAccepted(t *testing.T) {
	for lo := range 256 {
		for hi := range 256 {
			g := hueGate(gate{uint8(lo), uint8(hi)})
			for b := range 256 {
				if !validHueByte(b) {
					continue
				}
				hue := hueOf(b)
				want := lo <= hue && hue <= hi
				if lo > hi {
					want = lo <= hue || hue <= hi
				}
				if g.accepts(uint8(b)) != want {
					t.Fatalf("hues %d to %d, hue byte %d of hue %d: accepted %t", lo, hi, b, hue, !want)
				}
			}
		}
	}
}

func TestHistogramsOfDifferentSpacesAreProjectedTogetherAsAlone(t *testing.T) {
	const w, h = 90, 70
	frame := Image{Pix: noise(3, 3*w*h), Width: w, Height: h, Order: RGB}
	// Those of a space are neither adjacent nor alike.
	together := []Layout{
		{Channels: CrCb}, {}, {Channels: AB}, {Channels: Gray}, {Channels: BlueGreenRed, Bins: [3]int{8, 8, 8}}, {Channels: Hue},
		{Channels: CrCb, Bins: [3]int{256, 256}}, {Channels: SaturationValue}, {Channels: YCrCb}, {Channels: Lab, Bins: [3]int{8, 8, 8}}, {Channels: HueSaturationValue},
	}
	for _, name := range Kernels() {
		var histograms []*Histogram
		var dsts []Plane
		var want [][]byte
		for _, layout := range together {
			histogram := newHistogram(t, frame, &Options{Layout: layout})
			alone := Plane{Pix: make([]byte, w*h), Width: w, Height: h}
			if err := histogram.BackProject(alone, frame); err != nil {
				t.Fatal(err)
			}
			histograms, want = append(histograms, histogram), append(want, alone.Pix)
			dsts = append(dsts, Plane{Pix: make([]byte, w*h), Width: w, Height: h})
		}
		if err := BackProjectEach(dsts, []Image{frame}, histograms, Run{Kernel: name}); err != nil {
			t.Fatal(err)
		}
		for i := range want {
			if !bytes.Equal(dsts[i].Pix, want[i]) {
				t.Errorf("%s: %v is projected to something else", name, together[i].Channels)
			}
		}
	}
}

func TestGreyImagesAreForGreyHistogramsOnly(t *testing.T) {
	const w, h = 8, 6
	mono := Image{Pix: noise(5, w*h), Width: w, Height: h, Order: Mono}
	dst := Plane{Pix: make([]byte, w*h), Width: w, Height: h}
	hist := newHistogram(t, Image{Pix: noise(6, 3*w*h), Width: w, Height: h}, nil)
	window := image.Rect(1, 1, 4, 4)
	for name, call := range map[string]func() error{
		"NewHistogram":     func() error { _, err := NewHistogram(mono, nil); return err },
		"BackProject":      func() error { return hist.BackProject(dst, mono) },
		"BackProjectModel": func() error { _, err := BackProjectModel(dst, mono, mono, nil); return err },
		"Segment":          func() error { return hist.Segment(dst, mono, nil) },
		"MeanShift":        func() error { _, err := hist.MeanShift(mono, window, Criteria{}); return err },
	} {
		err := call()
		if err == nil || !strings.HasSuffix(err.Error(), ": field Order: Mono has no colours, but the channels are HueSaturation") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPartsOfGreyImagesAreCutOut(t *testing.T) {
	mono := Image{Pix: []byte{7, 200, 7, 9, 200, 7}, Width: 3, Height: 2, Order: Mono}
	hist := newHistogram(t, Image{Pix: []byte{200}, Width: 1, Height: 1, Order: Mono}, &Options{Layout: Layout{Channels: Gray, Bins: [3]int{256}}})
	dst := Image{Pix: make([]byte, 6), Width: 3, Height: 2, Order: Mono}
	if err := hist.CutOut(dst, mono, nil); err != nil {
		t.Fatal(err)
	}
	if want := []byte{0, 200, 0, 0, 200, 0}; !bytes.Equal(dst.Pix, want) {
		t.Errorf("%v, want %v", dst.Pix, want)
	}
}
