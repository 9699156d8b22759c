package backproj_test

import (
	"fmt"
	"log"

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
