package backproj

import (
	"bytes"
	"math"
	"strings"
	"testing"
)

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

func TestBackProjectOfNothingIsEmpty(t *testing.T) {
	for _, size := range [][2]int{{0, 0}, {0, 5}, {5, 0}} {
		got := BackProject(nil, size[0], size[1], []byte{1, 2, 3}, 1, 1)
		if got == nil || len(got) != 0 {
			t.Errorf("%d×%d: %v, want an empty slice", size[0], size[1], got)
		}
	}
}
