//go:build opencv

package opencv_test

import (
	"bytes"
	"fmt"
	"log"

	"github.com/backproj/backproj/backproj"
	"github.com/backproj/backproj/backproj/opencv"
)

// OpenCV's histogram and back projection, beside the library's own.
func Example() {
	frame := backproj.Image{Pix: make([]byte, 3*64*48), Width: 64, Height: 48}
	for i := range frame.Pix {
		frame.Pix[i] = byte(i * i >> 4)
	}
	model, err := frame.Crop(10, 10, 8, 8)
	if err != nil {
		log.Fatal(err)
	}

	cv := backproj.Histogram{Counts: make([]int64, opencv.Cells), Values: make([]float32, opencv.Cells)}
	if err := opencv.Fit(&cv, model, backproj.Plane{}); err != nil {
		log.Fatal(err)
	}
	theirs := backproj.Plane{Pix: make([]byte, 64*48), Width: 64, Height: 48}
	if err := opencv.BackProject(theirs, frame, cv.Values); err != nil {
		log.Fatal(err)
	}

	h, err := backproj.NewHistogram(model, nil)
	if err != nil {
		log.Fatal(err)
	}
	ours := backproj.Plane{Pix: make([]byte, 64*48), Width: 64, Height: 48}
	if err := h.BackProject(ours, frame); err != nil {
		log.Fatal(err)
	}
	fmt.Println(bytes.Equal(ours.Pix, theirs.Pix))
	// Output: true
}
