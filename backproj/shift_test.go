package backproj

import (
	"image"
	"math"
	"math/rand/v2"
	"testing"
)

// plainMeanShift is OpenCV's meanShift by definitions.
func plainMeanShift(prob patch, window image.Rectangle, criteria Criteria) (int, image.Rectangle) {
	frame := image.Rect(0, 0, prob.width, prob.height)
	most, epsilon := criteria.limits()
	size := window.Intersect(frame).Size()
	for i := range most {
		window = window.Intersect(frame)
		if window.Empty() {
			window = image.Rect(0, 0, 1, 1).Add(frame.Max.Div(2))
		}
		m := plainMoments(part(prob, window))
		if m.m00 == 0 {
			return i, window
		}
		x := window.Min.X + int(math.RoundToEven(m.m10/m.m00-float64(size.X)/2))
		y := window.Min.Y + int(math.RoundToEven(m.m01/m.m00-float64(size.Y)/2))
		x = min(max(x, 0), frame.Max.X-window.Dx())
		y = min(max(y, 0), frame.Max.Y-window.Dy())
		step := image.Pt(x, y).Sub(window.Min)
		window = window.Add(step)
		if float64(step.X*step.X+step.Y*step.Y) < epsilon {
			return i, window
		}
	}
	return most, window
}

func part(p patch, window image.Rectangle) patch {
	p.offset += window.Min.Y*p.stride + window.Min.X
	p.width, p.height = window.Dx(), window.Dy()
	return p
}

// randomShift returns a frame of few colours in lumps, its histogram's back
// projection, and a window.
func randomShift(random *rand.Rand) (h *Histogram, frame Image, prob patch, window image.Rectangle, err error) {
	w, height := 1+random.IntN(90), 1+random.IntN(90)
	frame = Image{Pix: make([]byte, 3*w*height), Width: w, Height: height}
	lump := 1 + random.IntN(20)
	colours := make([]byte, 3*(w/lump+1)*(height/lump+1))
	for i := range colours {
		colours[i] = byte(random.IntN(3) * 90)
	}
	for y := range height {
		for x := range w {
			copy(frame.Pix[3*(y*w+x):][:3], colours[3*(y/lump*(w/lump+1)+x/lump):])
		}
	}
	x, y := random.IntN(w), random.IntN(height)
	model, err := frame.Crop(x, y, 1+random.IntN(w-x), 1+random.IntN(height-y))
	if err != nil {
		return
	}
	if h, err = NewHistogram(model, &Options{Run: Run{Kernel: Kernels()[random.IntN(len(Kernels()))]}}); err != nil {
		return
	}
	prob = patch{pix: make([]uint8, w*height), stride: w, width: w, height: height}
	err = h.BackProject(Plane{Pix: prob.pix, Width: w, Height: height}, frame)
	from := image.Pt(random.IntN(w+40)-20, random.IntN(height+40)-20)
	size := image.Pt(1+random.IntN(w+20), 1+random.IntN(height+20))
	return h, frame, prob, image.Rectangle{from, from.Add(size)}, err
}

func TestMeanShiftMovesWindowsAsTheDefinition(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 0))
	for range 3000 {
		h, frame, prob, window, err := randomShift(random)
		if err != nil {
			t.Fatal(err)
		}
		criteria := Criteria{MaxIterations: random.IntN(30) - 2, Epsilon: float64(random.IntN(4) - 1)}
		iterations, want := plainMeanShift(prob, window, criteria)
		got, err := h.MeanShift(frame, window, criteria)
		sum := int64(plainMoments(part(prob, got.Window)).m00)
		if err != nil || got.Iterations != iterations || got.Window != want || got.Sum != sum {
			t.Fatalf("%v of %d×%d, %+v: %+v, %v, want %d, %v, sum %d", window, frame.Width, frame.Height, criteria, got, err, iterations, want, sum)
		}
		plane := Plane{Pix: prob.pix, Width: frame.Width, Height: frame.Height}
		if again, err := MeanShift(plane, window, criteria, h.Run); again != got || err != nil {
			t.Fatalf("on the plane %+v, %v, want %+v", again, err, got)
		}
		camShift, err := h.CamShift(frame, window, criteria)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := CamShift(plane, window, criteria, h.Run); again != camShift || err != nil {
			t.Fatalf("CamShift on the plane %+v, %v, want %+v", again, err, camShift)
		}
	}
}

func FuzzShift(f *testing.F) {
	f.Add([]byte("a frame of a few pixels, and a few more"), 5, 2, 3, 1, 2, 2, 3, 10, 1.0)
	f.Add([]byte("a frame of a few pixels, and a few more"), 3, 0, -3, -8, 40, 9, 1, -1, -1.0)
	f.Fuzz(func(t *testing.T, pix []byte, width, modelWidth, x, y, w, h, stride, iterations int, epsilon float64) {
		pixels := len(pix) / 3
		if width < 1 || width > pixels || modelWidth < 1 || modelWidth > width || epsilon != epsilon || epsilon > 1<<15 {
			return
		}
		frame := Image{Pix: pix, Width: width, Height: pixels / width}
		model, err := frame.Crop(0, 0, modelWidth, 1)
		if err != nil {
			t.Fatal(err)
		}
		hist, err := NewHistogram(model, nil)
		if err != nil {
			t.Fatal(err)
		}
		prob := patch{pix: make([]uint8, pixels), stride: width, width: width, height: frame.Height}
		if err := hist.BackProject(Plane{Pix: prob.pix, Width: width, Height: frame.Height}, frame); err != nil {
			t.Fatal(err)
		}
		// The same bytes, some of them left out, as a plane that is not packed.
		stride = 1 + (stride&7)%5
		sparse := Plane{Pix: make([]uint8, pixels*stride), Width: width, Height: frame.Height, Offset: pixels*stride - 1, PixelStride: -stride, Stride: -stride * width}
		for i, p := range prob.pix {
			sparse.Pix[sparse.Offset-i*stride] = p
		}
		from := image.Pt(x%1000, y%1000)
		window := image.Rectangle{from, from.Add(image.Pt(w%1000, h%1000))}
		criteria := Criteria{MaxIterations: iterations % 100, Epsilon: epsilon}
		got, err := hist.MeanShift(frame, window, criteria)
		if window.Empty() {
			if err == nil {
				t.Fatalf("%v: no error", window)
			}
			return
		}
		wantIterations, want := plainMeanShift(prob, window, criteria)
		if err != nil || got.Iterations != wantIterations || got.Window != want {
			t.Fatalf("%v: %+v, %v, want %d, %v", window, got, err, wantIterations, want)
		}
		fitted, err := hist.CamShift(frame, window, criteria)
		if err != nil {
			t.Fatal(err)
		}
		for _, shift := range []struct {
			f    func(Plane, image.Rectangle, Criteria, Run) (Shift, error)
			want Shift
		}{{MeanShift, got}, {CamShift, fitted}} {
			if again, err := shift.f(sparse, window, criteria, hist.Run); err != nil || again != shift.want {
				t.Fatalf("%v, on the plane: %+v, %v, want %+v", window, again, err, shift.want)
			}
		}
	})
}

func BenchmarkCamShift(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 0))
	const w, h = 1920, 1080
	frame := Image{Pix: make([]byte, 3*w*h), Width: w, Height: h}
	for i := range frame.Pix {
		frame.Pix[i] = byte(random.IntN(40))
	}
	for y := range 110 {
		for x := range 110 {
			copy(frame.Pix[3*((y+400)*w+x+800):], []byte{20, 200, byte(200 + random.IntN(50))})
		}
	}
	model, err := frame.Crop(800, 400, 110, 110)
	if err != nil {
		b.Fatal(err)
	}
	for _, kernel := range Kernels() {
		hist, err := NewHistogram(model, &Options{
			Layout: Layout{Channels: Hue, Bins: [3]int{16}, InRange: &Bounds{Lo: [3]uint8{0, 60, 32}, Hi: [3]uint8{180, 255, 255}}},
			Run:    Run{Kernel: kernel},
		})
		if err != nil {
			b.Fatal(err)
		}
		b.Run(kernel, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s, err := hist.CamShift(frame, image.Rect(792, 395, 912, 515), Criteria{})
				if err != nil || s.Sum == 0 {
					b.Fatal(s, err)
				}
			}
		})
	}
}
