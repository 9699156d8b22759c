package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// columns are the numbers of the columns of a strip.
func columns() (weights []byte) {
	for i := range batch {
		weights = append(weights, byte(i))
	}
	return weights
}

// squares are the weights that give the sum of p·i². They fit into signed bytes,
// which squares do not: for
//
//	i² = 2·w + 31·i - 120
//
// each weight w is from -60 to 60. The products of two of them with pixels up to
// 255 add up to 16 bits.
func squares() (weights []byte) {
	for i := range batch {
		weights = append(weights, byte(i*(i-31)/2+60))
	}
	return weights
}

// stripSums emits a function that sums up the pixels of a strip. It writes three
// sums, or six if those of the second order are among them.
//
// A vector has a row of the strip. No pixel is multiplied by the number of its row:
// after each row the sums so far are summed up too. So row j of n rows is n-j times
// in the sum of sums, and (n-j)·(n-j+1)/2 times in the sum of these.
//
// Up to 512 rows, everything fits. Pixels are added by 8 columns to 64 bits, and
// products by 4 columns to 32 bits. The greatest is pin of the last columns, at most
//
//	255·(28+29+30+31) · 512·513/2 < 2^32
func stripSums(data *constants, name string, number int, doc string) {
	TEXT(name, attr.NOSPLIT, fmt.Sprintf("func(sums *[%d]int64, src *uint8, stride, n, skip int)", number))
	Pragma("noescape")
	Doc(fmt.Sprintf("%s writes the sums of %s over the pixels p", name, doc),
		"in rows j and columns i ≥ skip of a strip of 32 columns and n rows, 0 < n ≤ 512.")
	src, stride, n, skip, keep := GP64(), GP64(), GP64(), GP64(), GP64()
	Load(Param("src"), src)
	Load(Param("stride"), stride)
	Load(Param("n"), n)
	Load(Param("skip"), skip)
	LEAQ(data.at("b255"), keep) // after 32 zeros
	SUBQ(skip, keep)
	kept, ones, zero := load(Mem{Base: keep}), load(data.at("w1")), zeros()
	i, p, pn, pi := load(data.at("columns")), zeros(), zeros(), zeros()
	all := []reg.VecVirtual{p, pn, pi}
	var w, pnn, pin, pw reg.VecVirtual
	second := number > len(all)
	if second {
		w, pnn, pin, pw = load(data.at("squares")), zeros(), zeros(), zeros()
		all = append(all, pnn, pin, pw)
	}

	Label("row")
	row := YMM()
	VPAND(Mem{Base: src}, kept, row)
	ADDQ(stride, src)
	addProducts := func(weights, sums reg.VecVirtual) {
		products := YMM()
		VPMADDUBSW(weights, row, products)
		VPMADDWD(ones, products, products)
		VPADDD(products, sums, sums)
	}
	pixels := YMM()
	VPSADBW(zero, row, pixels)
	VPADDQ(pixels, p, p)
	VPADDQ(p, pn, pn)
	addProducts(i, pi)
	if second {
		VPADDQ(pn, pnn, pnn)
		VPADDD(pi, pin, pin)
		addProducts(w, pw)
	}
	DECQ(n)
	JNE(LabelRef("row"))

	to := GP64()
	Load(Param("sums"), to)
	widen(pi, VPMOVZXDQ)
	if second {
		widen(pin, VPMOVZXDQ)
		widen(pw, VPMOVSXDQ)
	}
	for at, sums := range all {
		half := XMM()
		VEXTRACTI128(Imm(1), sums, half)
		VPADDQ(sums.AsX(), half, half)
		VPSHUFD(Imm(0xee), half, sums.AsX())
		VPADDQ(sums.AsX(), half, half)
		VMOVQ(half, Mem{Base: to, Disp: 8 * at})
	}
	VZEROUPPER()
	RET()
}

func load(from Mem) reg.VecVirtual {
	v := YMM()
	VMOVDQU(from, v)
	return v
}

func zeros() reg.VecVirtual {
	v := YMM()
	VPXOR(v, v, v)
	return v
}

// widen emits code that turns eight sums of 32 bits into four of 64 bits.
func widen(sums reg.VecVirtual, extend func(...Op)) {
	upper := YMM()
	VEXTRACTI128(Imm(1), sums, upper.AsX())
	extend(upper.AsX(), upper)
	extend(sums.AsX(), sums)
	VPADDQ(upper, sums, sums)
}
