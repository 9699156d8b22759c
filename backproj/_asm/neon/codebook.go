package main

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
)

// fieldOffsets returns the offsets of the fields of package backproj's type codebook,
// with those of threshold's after a dot.
func fieldOffsets() map[string]int {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "../codebook.go", nil, 0)
	if err != nil {
		panic(err)
	}
	config := types.Config{Importer: importer.Default()}
	pkg, err := config.Check("backproj", files, []*ast.File{file}, nil)
	if err != nil {
		panic(err)
	}
	offsets := map[string]int{}
	var add func(of types.Type, prefix string, base int)
	add = func(of types.Type, prefix string, base int) {
		structure, is := of.Underlying().(*types.Struct)
		if !is {
			return
		}
		var fields []*types.Var
		for field := range structure.Fields() {
			fields = append(fields, field)
		}
		for i, offset := range types.SizesFor("gc", "arm64").Offsetsof(fields) {
			name := prefix + fields[i].Name()
			offsets[name] = base + int(offset)
			add(fields[i].Type(), name+".", base+int(offset))
		}
	}
	add(pkg.Scope().Lookup("codebook").Type(), "", 0)
	return offsets
}
