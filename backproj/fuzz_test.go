package backproj

import (
	"bytes"
	"math"
	"math/big"
	"math/bits"
	"testing"
)

// fillsExactly reports whether pix has exactly the pixels of a packed image of w×h,
// computed without overflow.
func fillsExactly(pix []byte, w, h int) bool {
	size := big.NewInt(3)
	size.Mul(size, big.NewInt(int64(w))).Mul(size, big.NewInt(int64(h)))
	return w >= 0 && h >= 0 && size.Cmp(big.NewInt(int64(len(pix)))) == 0
}

func FuzzBackProject(f *testing.F) {
	f.Add([]byte("twelve bytes"), 2, 2, []byte("one"), 1, 1)
	f.Add([]byte("twelve bytes"), -2, -2, []byte("one"), 1, 1)
	f.Add([]byte("twelve bytes"), 4, 1, []byte{}, 0, 0)
	f.Add([]byte("twelve bytes"), 2, 2, []byte{}, 0, 3)
	f.Add([]byte{}, 0, 5, []byte("one"), 1, 1)
	f.Add([]byte{}, 0, math.MaxInt, []byte("one"), 1, 1)
	f.Add([]byte{}, 1<<(bits.UintSize/2), 1<<(bits.UintSize/2), []byte("one"), 1, 1)
	f.Add([]byte("four"), 1, 1, []byte("one"), 1, 1)
	check := func(t *testing.T, frame []byte, w, h int, model []byte, mw, mh int) {
		got := BackProject(frame, w, h, model, mw, mh)
		if fillsExactly(frame, w, h) && fillsExactly(model, mw, mh) && len(model) > 0 {
			if got == nil || len(got) != w*h {
				t.Fatalf("%d bytes of %d×%d, model %d of %d×%d: %d bytes (nil: %t)",
					len(frame), w, h, len(model), mw, mh, len(got), got == nil)
			}
		} else if got != nil {
			t.Fatalf("%d bytes of %d×%d, model %d of %d×%d: not nil", len(frame), w, h, len(model), mw, mh)
		}
	}
	f.Fuzz(func(t *testing.T, frame []byte, w, h int, model []byte, mw, mh int) {
		check(t, frame, w, h, model, mw, mh)
		// Random sizes seldom fit. Make sizes that do from the widths.
		if pixels := len(frame) / 3; w > 0 && w <= pixels {
			h = pixels / w
			frame = frame[:3*w*h]
		}
		if pixels := len(model) / 3; mw > 0 && mw <= pixels {
			mh = pixels / mw
			model = model[:3*mw*mh]
		}
		check(t, frame, w, h, model, mw, mh)
	})
}

// offsetOf returns the offset of component c of pixel (x, y), as the documentation
// of Image has it, computed without overflow.
func offsetOf(m Image, x, y, c int) *big.Int {
	pixel := distanceOf(m.PixelStride, big.NewInt(int64(m.Order.Channels())))
	row := distanceOf(m.Stride, new(big.Int).Mul(big.NewInt(int64(m.Width)), pixel))
	channel := distanceOf(m.ChannelStride, big.NewInt(1))
	at := big.NewInt(int64(m.Offset))
	for _, step := range []struct {
		n      int
		stride *big.Int
	}{{x, pixel}, {y, row}, {c, channel}} {
		at.Add(at, new(big.Int).Mul(big.NewInt(int64(step.n)), step.stride))
	}
	return at
}

// distanceOf returns the distance that a stride stands for, if packed is the default.
func distanceOf(stride int, packed *big.Int) *big.Int {
	switch stride {
	case 0:
		return packed
	case Repeat:
		return new(big.Int)
	}
	return big.NewInt(int64(stride))
}

// fitsPix reports whether all pixels of the image lie within Pix: its corners do.
func fitsPix(m Image, channels int) bool {
	if m.Width < 0 || m.Height < 0 {
		return false
	}
	if m.Width == 0 || m.Height == 0 {
		return true
	}
	end := big.NewInt(int64(len(m.Pix)))
	for _, x := range []int{0, m.Width - 1} {
		for _, y := range []int{0, m.Height - 1} {
			for _, c := range []int{0, channels - 1} {
				if at := offsetOf(m, x, y, c); at.Sign() < 0 || at.Cmp(end) >= 0 {
					return false
				}
			}
		}
	}
	return true
}

func FuzzImageGeometry(f *testing.F) {
	pix := make([]byte, 300)
	for i := range pix {
		pix[i] = byte(i * i)
	}
	f.Add(pix, 10, 10, 0, 0, 0, 0, 0)
	f.Add(pix, 5, 15, 3, 0, 0, 0, 0)
	f.Add(pix, 10, 10, 1, 299, -30, -3, -1)
	f.Add(pix, 10, 10, 0, 0, 10, 1, 100)
	f.Add(pix, 3, 4, 2, 1, Repeat, 5, 2)
	f.Add(pix, 3, 4, 0, 0, 1, Repeat, Repeat)
	f.Add(pix, math.MaxInt, 1, 0, 0, 0, math.MaxInt, 0)
	f.Add(pix, 2, 2, 0, 0, math.MinInt+1, 3, 1)
	f.Add(pix, -1, 2, 0, 0, 0, 0, 0)
	f.Add(pix, 1, 0, 4, -1, 0, 0, 0)
	f.Add(pix, 3, 7, 0, 20, 2, 5, 1)   // rows overlap
	f.Add(pix, 5, 2, 0, 20, 3, 2, 1)   // pixels of one row lie between those of the other
	f.Add(pix, 7, 4, 0, 200, -6, 4, 1) // 2 rows are 3 pixels
	f.Add(pix, 3, 2, 0, 200, -6, 4, 1) // or would be
	f.Add(pix, 10, 10, 4, 0, 0, 0, 0)
	f.Add(pix, 10, 10, 4, 290, -11, -2, 7)
	f.Fuzz(func(t *testing.T, pix []byte, width, height, order, offset, stride, pixelStride, channelStride int) {
		m := Image{
			Pix: pix, Width: width, Height: height, Order: Order(order), Offset: offset,
			Stride: stride, PixelStride: pixelStride, ChannelStride: channelStride,
		}
		_, err := m.raster()
		if want := m.Order >= BGR && m.Order <= Mono && fitsPix(m, min(3, m.Order.Channels())); (err == nil) != want {
			t.Fatalf("%+v: error %v, but within its Pix: %t", m, err, want)
		}
		// The same strides for a plane, which then has the defaults of one.
		p := Plane{Pix: bytes.Clone(pix), Width: width, Height: height, Offset: offset, Stride: stride, PixelStride: pixelStride}
		asImage := Image{Pix: pix, Width: width, Height: height, Offset: offset, Stride: stride, PixelStride: pixelStride, ChannelStride: 1}
		if p.PixelStride == 0 {
			asImage.PixelStride = 1
		}
		_, planeErr := p.raster()
		if want := fitsPix(asImage, 1); (planeErr == nil) != want {
			t.Fatalf("%+v: error %v, but within its Pix: %t", p, planeErr, want)
		}
		if width > 64 || height > 64 {
			return // with Repeat, a few bytes are any number of pixels
		}
		if err == nil {
			expectPixels(t, m)
		}
		if planeErr == nil {
			expectPlane(t, p, asImage)
		}
	})
}

// expectPixels fails unless AppendBGR, counting and projecting read the pixels where
// the documentation of Image says that they are.
func expectPixels(t *testing.T, m Image) {
	t.Helper()
	var want []byte
	for y := range m.Height {
		for x := range m.Width {
			var p [3]byte
			for c := range p {
				p[c] = m.Pix[offsetOf(m, x, y, c%min(3, m.Order.Channels())).Int64()]
			}
			if m.Order == RGB || m.Order == RGBA {
				p[0], p[2] = p[2], p[0]
			}
			want = append(want, p[:]...)
		}
	}
	got, err := m.AppendBGR(nil)
	if err != nil || !bytes.Equal(got, want) {
		t.Fatalf("%+v: %v, %v, want %v", m, got, err, want)
	}
	if len(want) == 0 {
		return
	}
	packed := Image{Pix: want, Width: m.Width, Height: m.Height}
	if m.Order == Mono {
		expectGrey(t, m, packed)
		return
	}
	for _, name := range Kernels() {
		run := &Options{Run: Run{Kernel: name}}
		h, err := NewHistogram(m, run)
		if err != nil {
			t.Fatal(err)
		}
		expectFormula(t, h, packed, Plane{}, packed)
		dst := make([]byte, m.Width*m.Height)
		if err := h.BackProject(Plane{Pix: dst, Width: m.Width, Height: m.Height}, m); err != nil {
			t.Fatal(err)
		}
		if prob := formulaProjection(h.Values, packed); !bytes.Equal(dst, prob) {
			t.Fatalf("%s: %+v: projects to %v, want %v", name, m, dst, prob)
		}
	}
}

// expectGrey fails unless a grey image is counted and projected as the same image in
// colour is.
func expectGrey(t *testing.T, m, colourful Image) {
	t.Helper()
	for _, name := range Kernels() {
		var got [2][]byte
		for i, image := range []Image{m, colourful} {
			h, err := NewHistogram(image, &Options{Layout: Layout{Channels: Gray, Bins: [3]int{256}}, Run: Run{Kernel: name}})
			if err != nil {
				t.Fatal(err)
			}
			got[i] = make([]byte, m.Width*m.Height)
			if err := h.BackProject(Plane{Pix: got[i], Width: m.Width, Height: m.Height}, image); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(got[0], got[1]) {
			t.Fatalf("%s: %+v: projects to %v, in colour to %v", name, m, got[0], got[1])
		}
	}
}

// expectPlane fails unless a back projection is written to the pixels of the plane
// and nowhere else, or is an error if its pixels overlap. The image places has its
// component 0 where the plane has its pixels.
func expectPlane(t *testing.T, p Plane, places Image) {
	t.Helper()
	frame := Image{Pix: make([]byte, 3*p.Width*p.Height), Width: p.Width, Height: p.Height}
	for i := range frame.Pix {
		frame.Pix[i] = byte(i * 77)
	}
	if len(frame.Pix) == 0 {
		return
	}
	want, apart := bytes.Clone(p.Pix), make(map[int64]bool)
	for _, name := range Kernels() {
		h, err := NewHistogram(frame, &Options{Run: Run{Kernel: name}})
		if err != nil {
			t.Fatal(err)
		}
		values := formulaProjection(h.Values, frame)
		for y := range p.Height {
			for x := range p.Width {
				at := offsetOf(places, x, y, 0).Int64()
				want[at] = values[y*p.Width+x]
				apart[at] = true
			}
		}
		err = h.BackProject(p, frame)
		if overlap := len(apart) < len(values); overlap != (err != nil) {
			t.Fatalf("%s: %+v: error %v, but its pixels overlap: %t", name, p, err, overlap)
		}
		if err == nil && !bytes.Equal(p.Pix, want) {
			t.Fatalf("%s: %+v: not %v", name, p, want)
		}
	}
}

func FuzzParity(f *testing.F) {
	f.Add([]byte("some few pixels of a frame."), []byte("a model of it"), []byte("\x01\x00\xff\x01"), uint8(3), uint8(2), uint8(0))
	f.Add([]byte{0, 0, 0, 255, 255, 255, 1, 2, 3, 3, 2, 1}, []byte{0, 0, 0}, []byte{}, uint8(1), uint8(1), uint8(1))
	f.Add(bytes.Repeat([]byte{7, 80, 255, 3}, 40), []byte{7, 80, 255, 3, 80, 7, 80, 9}, []byte{0, 0}, uint8(40), uint8(2), uint8(2))
	f.Add(bytes.Repeat([]byte{255, 0, 1, 255}, 300), bytes.Repeat([]byte{90, 0, 91}, 99), []byte{}, uint8(100), uint8(33), uint8(3))
	f.Fuzz(func(t *testing.T, framePix, modelPix, maskPix []byte, width, modelWidth, order uint8) {
		o := Order(order % 4)
		frame, model := imageOf(framePix, int(width), o), imageOf(modelPix, int(modelWidth), o)
		if model.Width == 0 || model.Height == 0 {
			return
		}
		var mask Plane
		if len(maskPix) >= model.Width*model.Height {
			mask = Plane{Pix: maskPix, Width: model.Width, Height: model.Height}
		}
		for _, name := range Kernels() {
			for threads := range 3 {
				h, err := NewHistogram(model, &Options{Mask: mask, Run: Run{Kernel: name, Threads: threads}})
				if err != nil {
					t.Fatal(err)
				}
				expectFormula(t, h, model, mask, frame)
			}
		}
	})
}

// imageOf returns as many rows of that width as pix holds.
func imageOf(pix []byte, width int, order Order) Image {
	if width == 0 {
		return Image{Order: order}
	}
	return Image{Pix: pix, Width: width, Height: len(pix) / (width * order.Channels()), Order: order}
}

func FuzzDiscSum(f *testing.F) {
	f.Add([]byte("some probabilities"), []byte{0, 1, 0, 1, 1, 1, 0, 1, 0}, uint8(6), uint8(3))
	f.Add(bytes.Repeat([]byte{1, 200, 0}, 300), Ellipse(9, 9).Pix, uint8(90), uint8(9))
	f.Add(bytes.Repeat([]byte{7, 0, 1, 9}, 200), bytes.Repeat([]byte{1}, 200), uint8(200), uint8(100))
	f.Add([]byte{1, 2, 3}, append(make([]byte, 60), 1), uint8(1), uint8(1))
	f.Add([]byte{255, 255, 1}, []byte{1, 0, 0, 0, 1, 1}, uint8(3), uint8(2))
	f.Add([]byte{1}, []byte{0}, uint8(1), uint8(1))
	f.Fuzz(func(t *testing.T, pix, discPix []byte, width, discWidth uint8) {
		if width == 0 || discWidth == 0 || len(pix) < int(width) || len(pix)*len(discPix) > 1<<20 {
			return
		}
		pix = pix[:len(pix)/int(width)*int(width)]
		prob, disc := planeOf(pix, int(width)), planeOf(discPix, int(discWidth))
		empty := disc.Height == 0 || disc.Height > maxFootprint ||
			bytes.Count(discPix[:disc.Width*disc.Height], []byte{0}) == disc.Width*disc.Height
		var want []uint8
		for _, name := range Kernels() {
			got := make([]uint8, len(pix))
			err := DiscSum(planeOf(got, int(width)), prob, &RegionOptions{Disc: disc, Run: Run{Kernel: name}})
			if (err != nil) != empty {
				t.Fatalf("%s: %d×%d: error %v", name, disc.Width, disc.Height, err)
			}
			if empty {
				return
			}
			if want == nil {
				want = plainDiscSum(pix, prob.Width, prob.Height, disc)
			}
			if i := differs(got, want); i >= 0 {
				t.Fatalf("%s: pixel %d is %d, want %d", name, i, got[i], want[i])
			}
		}
	})
}
