package backproj

import (
	"bytes"
	stdimage "image"
	"math"
	"strings"
	"testing"
)

func TestImagesThatDoNotFitTheirSliceNameTheField(t *testing.T) {
	pix := make([]byte, 60) // 4×5 BGR
	for _, test := range []struct {
		name  string
		image Image
		want  string // "" means that it fits
	}{
		{"packed", Image{Pix: pix, Width: 4, Height: 5}, ""},
		{"a row more", Image{Pix: pix, Width: 4, Height: 6}, "Pix: 60 bytes"},
		{"four channels", Image{Pix: pix, Width: 3, Height: 5, Order: BGRA}, ""},
		{"four channels too many", Image{Pix: pix, Width: 4, Height: 5, Order: RGBA}, "Pix: 60 bytes"},
		{"a last pixel without its fourth byte", Image{Pix: pix[:59], Width: 3, Height: 5, Order: BGRA}, ""},
		{"upside down", Image{Pix: pix, Width: 4, Height: 5, Offset: 48, Stride: -12}, ""},
		{"upside down from too low", Image{Pix: pix, Width: 4, Height: 5, Offset: 36, Stride: -12}, "takes bytes -12 to 47"},
		{"an offset beyond the end", Image{Pix: pix, Width: 1, Height: 1, Offset: 58}, "takes bytes 58 to 60"},
		{"one pixel repeated", Image{Pix: pix[:3], Width: 1e9, Height: 1e9, Stride: Repeat, PixelStride: Repeat}, ""},
		{"planar", Image{Pix: pix, Width: 4, Height: 5, PixelStride: 1, ChannelStride: 20}, ""},
		{"no pixels", Image{Width: 0, Height: 5}, ""},
		{"negative width", Image{Pix: pix, Width: -4, Height: -5}, "Width: -4"},
		{"negative height", Image{Pix: pix, Width: 4, Height: -5}, "Height: -5"},
		{"unknown order", Image{Pix: pix, Width: 4, Height: 5, Order: 7}, "Order: 7"},
		{"a stride that overflows", Image{Pix: pix, Width: 1, Height: 3, Stride: math.MaxInt / 2, Offset: 3}, "Stride"},
		{"strides whose sum overflows", Image{Pix: pix, Width: 2, Height: 2, Stride: math.MaxInt - 5, PixelStride: 9}, "Stride"},
		{"the least stride but Repeat", Image{Pix: pix, Width: 1, Height: 2, Stride: math.MinInt + 1}, "Pix: 60 bytes"},
		{"a width that overflows", Image{Pix: pix, Width: math.MaxInt, Height: 2}, "Stride"},
	} {
		_, err := test.image.raster()
		switch {
		case err == nil && test.want != "":
			t.Errorf("%s: no error, want %s", test.name, test.want)
		case err != nil && (test.want == "" || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
	}
}

func TestErrorsNameTheArgumentAtFault(t *testing.T) {
	image := Image{Pix: make([]byte, 60), Width: 4, Height: 5}
	plane := Plane{Pix: make([]byte, 20), Width: 4, Height: 5}
	histogram, err := NewHistogram(image, nil)
	if err != nil {
		t.Fatal(err)
	}
	fit := func(model Image, mask Plane) func() error {
		return func() error {
			_, err := NewHistogram(model, &Options{Mask: mask})
			return err
		}
	}
	project := func(h *Histogram, dst Plane, frame Image) func() error {
		return func() error { return h.BackProject(dst, frame) }
	}
	shift := func(h *Histogram, frame Image, window stdimage.Rectangle) func() error {
		return func() error {
			_, err := h.CamShift(frame, window, Criteria{})
			return err
		}
	}
	shiftOn := func(prob Plane, window stdimage.Rectangle) func() error {
		return func() error {
			_, err := MeanShift(prob, window, Criteria{}, Run{})
			return err
		}
	}
	sum := func(dst, prob, disc Plane) func() error {
		return func() error { return DiscSum(dst, prob, &RegionOptions{Disc: disc}) }
	}
	disc := Ellipse(3, 3)
	square := stdimage.Rect(1, 1, 3, 3)
	for _, test := range []struct {
		call func() error
		want string
	}{
		{shift(histogram, Image{Width: 4, Height: 5}, square), "backproj: frame: field Pix: 0 bytes"},
		{shift(histogram, Image{Width: 4}, square), "backproj: frame: 4×0 has no pixels"},
		{shift(histogram, image, stdimage.Rectangle{}), "backproj: window: (0,0)-(0,0) has no pixels"},
		{shift(&Histogram{Run: Run{Kernel: "x"}}, image, square), `backproj: no kernel "x"`},
		{shift(new(Histogram), image, square), "backproj: Histogram: field Values: 0, not 1024"},
		{shiftOn(Plane{Width: 4, Height: 5}, square), "backproj: prob: field Pix: 0 bytes"},
		{
			func() error { _, err := MeanShift(plane, square, Criteria{}, Run{Kernel: "x"}); return err },
			`backproj: no kernel "x"`,
		},
		{shiftOn(Plane{Height: 5}, square), "backproj: prob: 0×5 has no pixels"},
		{shiftOn(plane, stdimage.Rect(5, 2, 5, 9)), "backproj: window: (5,2)-(5,9) has no pixels"},
		{
			shiftOn(Plane{Pix: make([]byte, 1), Width: 1 << 30, Height: 1 << 30, Stride: Repeat, PixelStride: Repeat}, stdimage.Rect(0, 0, 1<<29, 1<<29)),
			"backproj: window: the pixels of (0,0)-(536870912,536870912) are more",
		},
		{sum(plane, Plane{Width: 4, Height: 5}, disc), "backproj: prob: field Pix: 0 bytes"},
		{sum(Plane{Width: 4, Height: 5}, plane, disc), "backproj: dst: field Pix: 0 bytes"},
		{sum(Plane{Pix: plane.Pix, Width: 5, Height: 4}, plane, disc), "backproj: dst: 5×4 for row 0"},
		{sum(Plane{Pix: plane.Pix, Width: 4, Height: 5, Stride: Repeat}, plane, disc), "backproj: dst: field Stride: pixels overlap"},
		{sum(plane, plane, Plane{Pix: plane.Pix, Width: 5, Height: 5}), "backproj: disc: field Pix: 20 bytes"},
		{sum(plane, plane, Plane{Pix: plane.Pix, Width: 0, Height: 5}), "backproj: disc: 0×5, not from 1×1 to 255×255"},
		{sum(plane, plane, Plane{Pix: make([]byte, 256), Width: 256, Height: 1}), "backproj: disc: 256×1, not from 1×1 to 255×255"},
		{sum(plane, plane, Plane{Pix: make([]byte, 256), Width: 1, Height: 256}), "backproj: disc: 1×256, not from 1×1 to 255×255"},
		{sum(plane, plane, plane), "backproj: disc: all of its 4×5 pixels are 0"},
		{func() error { return DiscSum(plane, plane, &RegionOptions{Disc: disc, Run: Run{Kernel: "x"}}) }, `backproj: no kernel "x"`},
		{func() error { return DiscSum(plane, plane, &RegionOptions{Disc: disc, Top: 1}) }, "backproj: dst: 4×5 for row 1"},
		{fit(Image{Width: 1, Height: 1}, Plane{}), "backproj: model: field Pix: 0 bytes"},
		{fit(Image{}, Plane{}), "backproj: model: 0×0 has no pixels"},
		{fit(image, Plane{Pix: make([]byte, 9), Width: 4, Height: 5}), "backproj: mask: field Pix: 9 bytes"},
		{fit(image, Plane{Pix: make([]byte, 20), Width: 5, Height: 4}), "backproj: mask: 5×4, but the model is 4×5"},
		{project(histogram, plane, Image{Width: 4, Height: 5}), "backproj: frame: field Pix: 0 bytes"},
		{project(histogram, Plane{Width: 4, Height: 5}, image), "backproj: dst: field Pix: 0 bytes"},
		{project(histogram, Plane{Pix: plane.Pix, Width: 5, Height: 4}, image), "backproj: dst: 5×4, but the frame is 4×5"},
		{project(histogram, Plane{Pix: plane.Pix, Width: 4, Height: 5, Stride: Repeat}, image), "backproj: dst: field Stride: pixels overlap"},
		{project(histogram, Plane{Pix: plane.Pix, Width: 4, Height: 5, Stride: 3}, image), "backproj: dst: field Stride: pixels overlap"},
		{project(new(Histogram), plane, image), "backproj: Histogram: field Values: 0, not 1024"},
		{project(&Histogram{Values: make([]float32, defaultCells), Table: make([]uint8, 9)}, plane, image), "backproj: Histogram: field Table: 9 bytes"},
		{project(&Histogram{Run: Run{Kernel: "x"}}, plane, image), `backproj: no kernel "x"`},
		{func() error { return new(Histogram).Add(image, Plane{}) }, "backproj: Histogram: field Counts: 0, not 1024"},
		{func() error { return new(Histogram).Tabulate(1) }, "backproj: Histogram: field Values: 0, not 1024"},
	} {
		err := test.call()
		if err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%v, want %s", err, test.want)
		}
	}
}

func TestCropSharesThePixels(t *testing.T) {
	pix := make([]byte, 200)
	for i := range pix {
		pix[i] = byte(i)
	}
	for _, m := range []Image{
		{Pix: pix, Width: 6, Height: 5},
		{Pix: pix, Width: 6, Height: 5, Order: RGBA},
		{Pix: pix, Width: 6, Height: 5, Offset: 199, Stride: -18, PixelStride: -3, ChannelStride: -1},
		{Pix: pix, Width: 6, Height: 5, Stride: 6, PixelStride: 1, ChannelStride: 30}, // planar
		{Pix: pix, Width: 6, Height: 5, Stride: Repeat},
		{Pix: pix, Width: 6, Height: 5, Stride: Repeat, PixelStride: Repeat, ChannelStride: Repeat},
	} {
		whole, err := m.AppendBGR(nil)
		if err != nil {
			t.Fatal(err)
		}
		part, err := m.Crop(1, 2, 3, 2)
		if err != nil {
			t.Fatal(err)
		}
		if part.Stride == 0 || part.PixelStride == 0 || part.ChannelStride == 0 {
			t.Errorf("%+v: a stride is not written out", part)
		}
		got, err := part.AppendBGR(nil)
		if err != nil {
			t.Fatal(err)
		}
		want := append(bytes.Clone(whole[(2*6+1)*3:][:9]), whole[(3*6+1)*3:][:9]...)
		if !bytes.Equal(got, want) {
			t.Errorf("%+v: the part is %v, want %v", m, got, want)
		}
	}
}

func TestPlaneCropSharesThePixels(t *testing.T) {
	pix := make([]byte, 30)
	p, err := Plane{Pix: pix, Width: 6, Height: 5, Offset: 29, Stride: -6, PixelStride: -1}.Crop(2, 1, 3, 2)
	if err != nil {
		t.Fatal(err)
	}
	p.Pix[p.Offset+p.Stride+2*p.PixelStride] = 1 // its last pixel, (4, 2) of the whole
	if pix[29-2*6-4] != 1 {
		t.Errorf("%+v is another part", p)
	}
}

func TestCropKeepsWithinTheImage(t *testing.T) {
	pix := make([]byte, 90)
	for _, c := range []struct{ x, y, width, height int }{
		{-1, 0, 1, 1}, {0, -1, 1, 1}, {0, 0, -1, 1}, {0, 0, 1, -1}, {0, 0, 7, 1}, {0, 0, 1, 6},
		{6, 0, 1, 1}, {0, 5, 1, 1}, {1, 0, math.MaxInt, 1}, {math.MaxInt, 0, 1, 1}, {math.MaxInt, 0, math.MaxInt, 1},
	} {
		if _, err := (Image{Pix: pix, Width: 6, Height: 5}).Crop(c.x, c.y, c.width, c.height); err == nil {
			t.Errorf("Image: %+v: no error", c)
		}
		if _, err := (Plane{Pix: pix, Width: 6, Height: 5}).Crop(c.x, c.y, c.width, c.height); err == nil {
			t.Errorf("Plane: %+v: no error", c)
		}
	}
	if _, err := (Image{Pix: pix, Width: 6, Height: 5}).Crop(6, 5, 0, 0); err != nil {
		t.Errorf("an empty part at the end: %v", err)
	}
	_, err := Image{Pix: pix[:89], Width: 6, Height: 5}.Crop(0, 0, 1, 1)
	if err == nil || !strings.Contains(err.Error(), "Pix: 89 bytes") {
		t.Errorf("of an image that is not all there: %v", err)
	}
}

func TestAppendBGRAppends(t *testing.T) {
	m := Image{Pix: []byte{1, 2, 3, 0, 4, 5, 6}, Width: 2, Height: 1, Order: RGBA}
	got, err := m.AppendBGR([]byte{9})
	if want := []byte{9, 3, 2, 1, 6, 5, 4}; err != nil || !bytes.Equal(got, want) {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
	huge := Image{Pix: []byte{1, 2, 3}, Width: math.MaxInt, Height: math.MaxInt, Stride: Repeat, PixelStride: Repeat}
	if got, err := huge.AppendBGR([]byte{9}); err == nil || len(got) != 1 {
		t.Errorf("more pixels than memory: %v, %v", got, err)
	}
}

func TestEnumeratedTypesPrintAsTheirNames(t *testing.T) {
	for want, value := range map[string]interface{ String() string }{
		"BGR": BGR, "RGB": RGB, "BGRA": BGRA, "RGBA": RGBA, "Mono": Mono, "Order(5)": Order(5), "Order(-1)": Order(-1),
		"HueSaturation": HueSaturation, "Hue": Hue, "HueSaturationValue": HueSaturationValue, "BlueGreenRed": BlueGreenRed, "AB": AB, "Lab": Lab, "Channels(99)": Channels(99),
	} {
		if got := value.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
