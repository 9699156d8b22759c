package backproj

import "golang.org/x/sys/cpu"

//go:generate go run -C _asm ./avx512 -out ../kernel_avx512_amd64.s -stubs ../stubs_avx512_amd64.go -pkg backproj

// kernels are those that this machine can run, the fastest first.
var kernels = machineKernels()

func machineKernels() []*kernel {
	var k []*kernel
	if x := &cpu.X86; x.HasAVX512F && x.HasAVX512BW && x.HasAVX512VL && x.HasAVX512VBMI {
		k = append(k, &avx512Kernel)
	}
	return append(k, &genericKernel)
}

var avx512Kernel = kernel{
	name:    "avx512",
	index:   indexAVX512,
	project: projectAVX512,
	grain:   1_000_000, // at 0.25 ns a pixel
}

// avx512Turn is the number of pixels that the assembly takes at a time, and
// the least number that it can be called for. Fewer go through a scratch.
const avx512Turn = 64

func indexAVX512(dst []uint16, values []uint8, src []byte, format pixelFormat) {
	n := len(dst)
	if n == 0 {
		return
	}
	_ = src[(n-1)*format.size+2] // the assembly checks nothing
	if n < avx512Turn {
		var pixels [4 * avx512Turn]byte
		var indices [avx512Turn]uint16
		var greatest [avx512Turn]uint8
		copy(pixels[:], src[:(n-1)*format.size+3])
		indexAVX512(indices[:], greatest[:], pixels[:], format)
		copy(dst, indices[:])
		if values != nil {
			copy(values, greatest[:n])
		}
		return
	}
	var v *uint8
	if values != nil {
		v = &values[:n][0]
	}
	if format.size == 3 {
		index3AVX512(&dst[0], v, &src[0], n, format.redFirst)
	} else {
		index4AVX512(&dst[0], v, &src[0], n, format.redFirst)
	}
}

func projectAVX512(dst, src []byte, format pixelFormat, table *Table) {
	n := len(dst)
	if n == 0 {
		return
	}
	_ = src[(n-1)*format.size+2]
	if n < avx512Turn {
		var pixels [4 * avx512Turn]byte
		var results [avx512Turn]byte
		copy(pixels[:], src[:(n-1)*format.size+3])
		projectAVX512(results[:], pixels[:], format, table)
		copy(dst, results[:])
		return
	}
	if format.size == 3 {
		project3AVX512(&dst[0], &src[0], n, format.redFirst, &table[0])
	} else {
		project4AVX512(&dst[0], &src[0], n, format.redFirst, &table[0])
	}
}
