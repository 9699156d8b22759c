package backproj_test

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"log"
	"slices"

	"github.com/backproj/backproj/backproj"
)

// A blue frame with an orange square in it, and a model of that orange. One
// call gives 255 where the colour is the model's.
func ExampleBackProject() {
	frame := make([]byte, 0, 3*4*4)
	for i := range 16 {
		if i == 5 || i == 6 || i == 9 || i == 10 {
			frame = append(frame, 0, 128, 255)
		} else {
			frame = append(frame, 200, 40, 10)
		}
	}
	model := []byte{0, 130, 255}
	prob := backproj.BackProject(frame, 4, 4, model, 1, 1)
	for y := range 4 {
		fmt.Println(prob[4*y:][:4])
	}
	// Output:
	// [0 0 0 0]
	// [0 255 255 0]
	// [0 255 255 0]
	// [0 0 0 0]
}

// The histogram of a model is made once and projected onto many frames.
func ExampleHistogram_BackProject() {
	model := backproj.Image{Pix: []byte{250, 20, 20, 20, 250, 20, 250, 20, 20}, Width: 3, Height: 1, Order: backproj.RGB}
	h, err := backproj.NewHistogram(model, nil)
	if err != nil {
		log.Fatal(err)
	}
	prob := backproj.Plane{Pix: make([]byte, 3), Width: 3, Height: 1}
	for _, frame := range [][]byte{
		{250, 20, 20, 20, 250, 20, 20, 20, 250}, // red, green, blue
		{9, 9, 9, 250, 20, 20, 9, 9, 9},         // grey, red, grey
	} {
		err := h.BackProject(prob, backproj.Image{Pix: frame, Width: 3, Height: 1, Order: backproj.RGB})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(prob.Pix)
	}
	// Output:
	// [255 128 0]
	// [0 255 0]
}

// Only the pixels where the mask is not 0 are counted.
func ExampleNewHistogram_mask() {
	model := backproj.Image{Pix: []byte{20, 20, 250, 250, 20, 20}, Width: 2, Height: 1}
	h, err := backproj.NewHistogram(model, &backproj.Options{
		Mask: backproj.Plane{Pix: []byte{1, 0}, Width: 2, Height: 1},
	})
	if err != nil {
		log.Fatal(err)
	}
	prob := backproj.Plane{Pix: make([]byte, 2), Width: 2, Height: 1}
	if err := h.BackProject(prob, model); err != nil {
		log.Fatal(err)
	}
	fmt.Println(prob.Pix)
	// Output: [255 0]
}

// What is looked for is often a part of a frame. No pixel is copied.
func ExampleImage_Crop() {
	pix := make([]byte, 3*100*80)
	for y := 20; y < 30; y++ {
		for x := 50; x < 60; x++ {
			copy(pix[3*(100*y+x):], []byte{30, 60, 220})
		}
	}
	frame := backproj.Image{Pix: pix, Width: 100, Height: 80}
	model, err := frame.Crop(52, 22, 5, 5)
	if err != nil {
		log.Fatal(err)
	}
	h, err := backproj.NewHistogram(model, nil)
	if err != nil {
		log.Fatal(err)
	}
	prob := backproj.Plane{Pix: make([]byte, 100*80), Width: 100, Height: 80}
	if err := h.BackProject(prob, frame); err != nil {
		log.Fatal(err)
	}
	found := 0
	for _, p := range prob.Pix {
		if p == 255 {
			found++
		}
	}
	fmt.Println(found, "pixels are of the model's colour")
	// Output: 100 pixels are of the model's colour
}

// A planar image, such as a decoder's, is read in place.
func ExampleImage_planar() {
	red, green, blue := []byte{250, 20}, []byte{20, 250}, []byte{20, 20}
	pix := append(append(append([]byte{}, red...), green...), blue...)
	planar := backproj.Image{
		Pix: pix, Width: 2, Height: 1, Order: backproj.RGB,
		Stride: 2, PixelStride: 1, ChannelStride: 2,
	}
	bgr, err := planar.AppendBGR(nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(bgr)
	// Output: [20 20 250 20 250 20]
}

// The target of a tracker is where the back projection has the greatest sum.
func ExampleLocate() {
	const w, h = 8, 6
	frame := backproj.Image{Pix: make([]byte, 3*w*h), Width: w, Height: h}
	for y := 2; y < 4; y++ {
		for x := 5; x < 8; x++ {
			copy(frame.Pix[3*(y*w+x):], []byte{30, 60, 220})
		}
	}
	model := backproj.Image{Pix: []byte{30, 60, 220}, Width: 1, Height: 1}
	prob := backproj.Plane{Pix: make([]byte, w*h), Width: w, Height: h}
	if _, err := backproj.BackProjectModel(prob, frame, model, nil); err != nil {
		log.Fatal(err)
	}
	x, y, sum, err := backproj.Locate(prob, 3, 2, backproj.Run{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("at (%d, %d), %d pixels of 255\n", x, y, sum/255)
	// Output: at (5, 2), 6 pixels of 255
}

// Trackers such as CamShift use 16 bins of hue alone, and ignore pixels that are
// dark or pale, whose hue means little.
func ExampleLayout() {
	layout := backproj.Layout{
		Channels: backproj.Hue,
		Bins:     [3]int{16},
		InRange:  &backproj.Bounds{Lo: [3]uint8{0, 60, 32}, Hi: [3]uint8{179, 255, 255}},
	}
	model := backproj.Image{Pix: []byte{30, 60, 220}, Width: 1, Height: 1}
	h, err := backproj.NewHistogram(model, &backproj.Options{Layout: layout, Peak: 255})
	if err != nil {
		log.Fatal(err)
	}
	frame := backproj.Image{Width: 4, Height: 1, Pix: []byte{
		30, 60, 220, // red, as the model
		10, 20, 90, // darker, of the same hue
		2, 4, 20, // too dark
		200, 60, 30, // blue
	}}
	prob := backproj.Plane{Pix: make([]byte, 4), Width: 4, Height: 1}
	if err := h.BackProject(prob, frame); err != nil {
		log.Fatal(err)
	}
	cells, _ := layout.Cells()
	fmt.Println(cells, "bins:", prob.Pix)
	// Output: 16 bins: [255 255 0 0]
}

// Two models are looked for in two frames by one call.
func ExampleBackProjectEach() {
	red, green := []byte{20, 20, 250}, []byte{20, 250, 20}
	var histograms []*backproj.Histogram
	for _, pix := range [][]byte{red, green} {
		h, err := backproj.NewHistogram(backproj.Image{Pix: pix, Width: 1, Height: 1}, nil)
		if err != nil {
			log.Fatal(err)
		}
		histograms = append(histograms, h)
	}
	frames := []backproj.Image{
		{Pix: slices.Concat(red, green, green), Width: 3, Height: 1},
		{Pix: slices.Concat(green, red), Width: 1, Height: 2},
	}
	var dsts []backproj.Plane
	for range histograms {
		for _, frame := range frames {
			n := frame.Width * frame.Height
			dsts = append(dsts, backproj.Plane{Pix: make([]byte, n), Width: frame.Width, Height: frame.Height})
		}
	}
	if err := backproj.BackProjectEach(dsts, frames, histograms, backproj.Run{}); err != nil {
		log.Fatal(err)
	}
	for i, name := range []string{"red", "green"} {
		for j := range frames {
			fmt.Printf("%s in frame %d: %v\n", name, j, dsts[i*len(frames)+j].Pix)
		}
	}
	// Output:
	// red in frame 0: [255 0 0]
	// red in frame 1: [0 255]
	// green in frame 0: [0 255 255]
	// green in frame 1: [255 0]
}

// The pixels of images of the standard library are read and written in place.
func ExampleImageFromRGBA() {
	frame := image.NewRGBA(image.Rect(0, 0, 4, 2))
	draw.Draw(frame, image.Rect(1, 0, 3, 1), image.NewUniform(color.RGBA{220, 60, 30, 255}), image.Point{}, draw.Src)
	model := frame.SubImage(image.Rect(1, 0, 2, 1)).(*image.RGBA)
	h, err := backproj.NewHistogram(backproj.ImageFromRGBA(model), nil)
	if err != nil {
		log.Fatal(err)
	}
	prob := image.NewGray(frame.Bounds())
	if err := h.BackProject(backproj.PlaneFromGray(prob), backproj.ImageFromRGBA(frame)); err != nil {
		log.Fatal(err)
	}
	fmt.Println(prob.Pix)
	// Output: [0 255 255 0 0 0 0 0]
}

// The frame stays where many pixels look like the model, and becomes 0 elsewhere. So
// the blue pixel on the orange square stays, and the orange speck beside it does not.
func ExampleHistogram_CutOut() {
	frame := image.NewRGBA(image.Rect(0, 0, 12, 6))
	orange := image.NewUniform(color.RGBA{220, 120, 30, 255})
	draw.Draw(frame, image.Rect(1, 1, 5, 5), orange, image.Point{}, draw.Src)
	frame.Set(9, 2, orange)
	frame.Set(2, 2, color.RGBA{30, 30, 200, 255})

	model := frame.SubImage(image.Rect(3, 3, 5, 5)).(*image.RGBA)
	h, err := backproj.NewHistogram(backproj.ImageFromRGBA(model), &backproj.Options{Peak: 30})
	if err != nil {
		log.Fatal(err)
	}
	found := image.NewRGBA(frame.Bounds())
	err = h.CutOut(backproj.ImageFromRGBA(found), backproj.ImageFromRGBA(frame), &backproj.RegionOptions{
		Disc:      backproj.Ellipse(3, 3),
		Threshold: 80, // three of the disc's five pixels, which are 30 each
	})
	if err != nil {
		log.Fatal(err)
	}
	for y := range 6 {
		for x := range 12 {
			switch c := found.RGBAAt(x, y); {
			case c.A == 0:
				fmt.Print(".")
			case c.R > c.B:
				fmt.Print("o")
			default:
				fmt.Print("b")
			}
		}
		fmt.Println()
	}
	// Output:
	// ............
	// .oooo.......
	// .oboo.......
	// .oooo.......
	// .oooo.......
	// ............
}

// An ellipse of 3×3 pixels is a cross of five. The sums are limited to 255. Beyond
// the border the plane is reflected, so the 9 counts twice for the pixels at the border.
func ExampleDiscSum() {
	prob := backproj.Plane{Width: 7, Height: 5, Pix: []byte{
		0, 0, 0, 0, 0, 0, 0,
		0, 9, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 200, 200, 0,
		0, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0,
	}}
	sums := backproj.Plane{Width: 7, Height: 5, Pix: make([]byte, 7*5)}
	options := &backproj.RegionOptions{Disc: backproj.Ellipse(3, 3)}
	if err := backproj.DiscSum(sums, prob, options); err != nil {
		log.Fatal(err)
	}
	for y := range sums.Height {
		fmt.Printf("%3d\n", sums.Pix[7*y:][:7])
	}
	// Output:
	// [  0  18   0   0   0   0   0]
	// [ 18   9   9   0 200 200   0]
	// [  0   9   0 200 255 255 255]
	// [  0   0   0   0 200 200   0]
	// [  0   0   0   0   0   0   0]
}

// A window follows a square that moves. In each frame it begins where it was in
// the frame before.
func ExampleHistogram_MeanShift() {
	orange := image.NewUniform(color.RGBA{220, 120, 30, 255})
	frame := image.NewRGBA(image.Rect(0, 0, 64, 48))
	square := image.Rect(10, 10, 20, 20)
	draw.Draw(frame, square, orange, image.Point{}, draw.Src)
	h, err := backproj.NewHistogram(backproj.ImageFromRGBA(frame.SubImage(square).(*image.RGBA)), nil)
	if err != nil {
		log.Fatal(err)
	}
	window := square.Inset(-5)
	for range 3 {
		square = square.Add(image.Pt(7, 4))
		draw.Draw(frame, frame.Bounds(), image.Black, image.Point{}, draw.Src)
		draw.Draw(frame, square, orange, image.Point{}, draw.Src)
		shift, err := h.MeanShift(backproj.ImageFromRGBA(frame), window, backproj.Criteria{})
		if err != nil {
			log.Fatal(err)
		}
		window = shift.Window
		fmt.Println(square, "is in", window)
	}
	// Output:
	// (17,14)-(27,24) is in (11,9)-(31,29)
	// (24,18)-(34,28) is in (19,13)-(39,33)
	// (31,22)-(41,32) is in (25,17)-(45,37)
}

// CamShift also finds the size of the object, and the angle by which it is turned.
// Here it begins with a part of a bar, and comes closer in each frame.
func ExampleHistogram_CamShift() {
	orange := image.NewUniform(color.RGBA{220, 120, 30, 255})
	frame := image.NewRGBA(image.Rect(0, 0, 200, 200))
	for i := range 60 { // from the upper left to the lower right
		draw.Draw(frame, image.Rect(60+i, 60+i, 80+i, 80+i), orange, image.Point{}, draw.Src)
	}
	model := frame.SubImage(image.Rect(85, 85, 95, 95)).(*image.RGBA)
	h, err := backproj.NewHistogram(backproj.ImageFromRGBA(model), nil)
	if err != nil {
		log.Fatal(err)
	}
	window := image.Rect(70, 70, 110, 110)
	for range 3 {
		shift, err := h.CamShift(backproj.ImageFromRGBA(frame), window, backproj.Criteria{})
		if err != nil {
			log.Fatal(err)
		}
		window = shift.Window
		box := shift.Box
		fmt.Printf("%.0f×%.0f around (%.0f, %.0f), turned by %.0f°\n", box.Width, box.Height, box.X, box.Y, box.Angle)
	}
	// Output:
	// 30×84 around (90, 90), turned by 135°
	// 31×101 around (95, 95), turned by 135°
	// 31×114 around (100, 100), turned by 135°
}
