package backproj

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"slices"
	"testing"
)

// subImages are parts of an image of 7×5 pixels whose bounds begin at (-3, 2).
var subImages = []image.Rectangle{
	image.Rect(-3, 2, 4, 7), // all of it
	image.Rect(-3, 2, -1, 3),
	image.Rect(1, 4, 4, 7),
	image.Rect(0, 3, 1, 4),   // one pixel
	image.Rect(0, 3, 0, 5),   // no pixels
	image.Rect(50, 50, 9, 9), // not within the image
}

func TestImagesOfTheStandardLibraryShareTheirPixels(t *testing.T) {
	bounds := image.Rect(-3, 2, 4, 7)
	rgba, nrgba, gray := image.NewRGBA(bounds), image.NewNRGBA(bounds), image.NewGray(bounds)
	copy(rgba.Pix, noise(1, len(rgba.Pix)))
	copy(nrgba.Pix, noise(2, len(nrgba.Pix)))
	copy(gray.Pix, noise(3, len(gray.Pix)))
	for _, part := range subImages {
		rgba := rgba.SubImage(part).(*image.RGBA)
		nrgba := nrgba.SubImage(part).(*image.NRGBA)
		gray := gray.SubImage(part).(*image.Gray)
		var wantRGBA, wantNRGBA, wantGray []byte // as BGR
		for y := rgba.Rect.Min.Y; y < rgba.Rect.Max.Y; y++ {
			for x := rgba.Rect.Min.X; x < rgba.Rect.Max.X; x++ {
				p, q, g := rgba.RGBAAt(x, y), nrgba.NRGBAAt(x, y), gray.GrayAt(x, y)
				wantRGBA = append(wantRGBA, p.B, p.G, p.R)
				wantNRGBA = append(wantNRGBA, q.B, q.G, q.R)
				wantGray = append(wantGray, g.Y)
			}
		}
		got, err := ImageFromRGBA(rgba).AppendBGR(nil)
		if err != nil || !bytes.Equal(got, wantRGBA) {
			t.Errorf("RGBA %v: %v, %v, want %v", part, got, err, wantRGBA)
		}
		got, err = ImageFromNRGBA(nrgba).AppendBGR(nil)
		if err != nil || !bytes.Equal(got, wantNRGBA) {
			t.Errorf("NRGBA %v: %v, %v, want %v", part, got, err, wantNRGBA)
		}
		r, err := PlaneFromGray(gray).raster()
		if got := r.AppendBytes(nil); err != nil || !bytes.Equal(got, wantGray) {
			t.Errorf("Gray %v: %v, %v, want %v", part, got, err, wantGray)
		}
	}
	if _, err := ImageFromRGBA(new(image.RGBA)).AppendBGR(nil); err != nil {
		t.Errorf("the zero RGBA: %v", err)
	}
}

func TestABackProjectionIsWrittenIntoAGrayImage(t *testing.T) {
	frame := image.NewRGBA(image.Rect(0, 0, 4, 3))
	draw.Draw(frame, frame.Rect, image.NewUniform(color.RGBA{20, 90, 200, 255}), image.Point{}, draw.Src)
	frame.SetRGBA(2, 1, color.RGBA{250, 90, 10, 255})
	model := frame.SubImage(image.Rect(2, 1, 3, 2)).(*image.RGBA)
	h := newHistogram(t, ImageFromRGBA(model), nil)
	prob := image.NewGray(image.Rect(0, 0, 9, 9))
	part := prob.SubImage(image.Rect(5, 5, 9, 8)).(*image.Gray)
	if err := h.BackProject(PlaneFromGray(part), ImageFromRGBA(frame)); err != nil {
		t.Fatal(err)
	}
	for y := range 9 {
		for x := range 9 {
			want := uint8(0)
			if x == 7 && y == 6 {
				want = 255
			}
			if got := prob.GrayAt(x, y).Y; got != want {
				t.Errorf("(%d, %d): %d, want %d", x, y, got, want)
			}
		}
	}
}

func TestAPlaneAsAGrayImageSharesItsPixels(t *testing.T) {
	pix := noise(1, 60)
	for _, p := range []Plane{
		{Pix: pix, Width: 6, Height: 10},
		{Pix: pix, Width: 4, Height: 5, Offset: 13, Stride: 9},
		{Pix: pix, Width: 5, Height: 4, Stride: Repeat},
		{Pix: pix, Width: 5, Height: 1, Stride: -5},
		{Pix: pix, Width: 1, Height: 4, PixelStride: -7, Stride: 3},
		{Pix: pix, Width: 0, Height: 4},
		{Width: 3, Height: 0, Stride: -9, PixelStride: 2},
	} {
		m, err := p.Gray()
		if err != nil {
			t.Errorf("%+v: %v", p, err)
			continue
		}
		if m.Rect != image.Rect(0, 0, p.Width, p.Height) {
			t.Errorf("%+v: bounds %v", p, m.Rect)
		}
		r, _ := p.raster()
		var got []byte
		for y := range p.Height {
			for x := range p.Width {
				got = append(got, m.GrayAt(x, y).Y)
			}
		}
		if want := r.AppendBytes(nil); !slices.Equal(got, want) {
			t.Errorf("%+v: %v, want %v", p, got, want)
		}
		if len(got) > 0 && &m.Pix[0] != &pix[r.Offset] {
			t.Errorf("%+v: the image is a copy", p)
		}
	}
}

func TestPlanesThatNoGrayImageCanShareAreErrors(t *testing.T) {
	pix := make([]byte, 60)
	for name, p := range map[string]Plane{
		"pixels that do not adjoin": {Pix: pix, Width: 6, Height: 5, PixelStride: 2},
		"one pixel for all":         {Pix: pix, Width: 6, Height: 5, PixelStride: Repeat},
		"upside down":               {Pix: pix, Width: 6, Height: 5, Offset: 24, Stride: -6},
		"not within Pix":            {Pix: pix, Width: 6, Height: 11},
	} {
		if m, err := p.Gray(); err == nil {
			t.Errorf("%s: no error, but %v", name, m.Rect)
		}
	}
}
