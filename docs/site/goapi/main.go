// Goapi prints the documentation of a package as a page of Markdown.
//
//	go run ./docs/site/goapi ./backproj
package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/build"
	"go/doc"
	"go/doc/comment"
	"go/format"
	"go/parser"
	"go/printer"
	"go/token"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("goapi: ")
	if len(os.Args) != 2 {
		log.Fatal("usage: goapi FOLDER")
	}
	p, err := load(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	p.print()
}

type page struct {
	*doc.Package
	files *token.FileSet
}

// load parses the package in a folder, with its tests, which have the
// examples.
func load(folder string) (*page, error) {
	found, err := build.ImportDir(folder, 0)
	if err != nil {
		return nil, err
	}
	p := &page{files: token.NewFileSet()}
	var parsed []*ast.File
	for _, name := range slices.Concat(found.GoFiles, found.TestGoFiles, found.XTestGoFiles) {
		file, err := parser.ParseFile(p.files, filepath.Join(folder, name), nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		parsed = append(parsed, file)
	}
	p.Package, err = doc.NewFromFiles(p.files, parsed, "github.com/backproj/backproj/"+found.Name)
	return p, err
}

func (p *page) print() {
	fmt.Printf("# Go\n\nThis page is generated from the doc comments, which `go doc` also shows.\n\n")
	p.source(nil, fmt.Sprintf("import %q", p.ImportPath))
	p.text(p.Doc)
	p.examples(p.Examples)
	p.values(p.Consts)
	p.values(p.Vars)
	p.funcs(p.Funcs)
	for _, t := range p.Types {
		fmt.Printf("## type %s\n\n", t.Name)
		p.source(t.Decl, "")
		p.text(t.Doc)
		p.examples(t.Examples)
		p.values(t.Consts)
		p.values(t.Vars)
		p.funcs(t.Funcs)
		p.funcs(t.Methods)
	}
}

func (p *page) values(values []*doc.Value) {
	for _, v := range values {
		p.source(v.Decl, "")
		p.text(v.Doc)
	}
}

func (p *page) funcs(funcs []*doc.Func) {
	for _, f := range funcs {
		if f.Recv == "" {
			fmt.Printf("## func %s\n\n", f.Name)
		} else {
			fmt.Printf("### func (%s) %s\n\n", f.Recv, f.Name)
		}
		p.source(f.Decl, "")
		p.text(f.Doc)
		p.examples(f.Examples)
	}
}

// text prints a doc comment. Its links to names become links to their headings.
func (p *page) text(text string) {
	md := p.Printer()
	md.HeadingLevel = 4
	md.HeadingID = func(*comment.Heading) string { return "" }
	md.DocLinkURL = func(link *comment.DocLink) string {
		if link.ImportPath != "" {
			return link.DefaultURL("https://pkg.go.dev")
		}
		return p.anchor(link)
	}
	fmt.Printf("%s\n", md.Markdown(p.Parser().Parse(text)))
}

// anchor returns the link to the heading of a name. For a constant, that is the
// heading of its type.
func (p *page) anchor(link *comment.DocLink) string {
	if link.Recv != "" {
		return "#func-" + strings.ToLower(link.Recv+"-"+link.Name)
	}
	for _, t := range p.Types {
		if t.Name == link.Name {
			return "#type-" + strings.ToLower(link.Name)
		}
		for _, v := range t.Consts {
			if slices.Contains(v.Names, link.Name) {
				return "#type-" + strings.ToLower(t.Name)
			}
		}
	}
	return "#func-" + strings.ToLower(link.Name)
}

// outputComment matches the comment with the expected output of an example.
var outputComment = regexp.MustCompile(`(?is)\n\s*//\s*output:.*$`)

func (p *page) examples(examples []*doc.Example) {
	for _, e := range examples {
		fmt.Printf("Example")
		if e.Suffix != "" {
			fmt.Printf(" (%s)", e.Suffix)
		}
		fmt.Printf(":\n\n")
		p.text(e.Doc)
		p.source(nil, p.body(e))
		if e.Output != "" {
			fmt.Printf("Output:\n\n```text\n%s\n```\n\n", strings.TrimSpace(e.Output))
		}
	}
}

// body returns the statements of an example.
func (p *page) body(e *doc.Example) string {
	text := p.format(&printer.CommentedNode{Node: e.Code, Comments: e.Comments})
	inner, isBlock := strings.CutPrefix(text, "{\n")
	if !isBlock {
		return text
	}
	inner = strings.TrimSpace(strings.TrimSuffix(inner, "}"))
	return strings.ReplaceAll(outputComment.ReplaceAllString(inner, ""), "\n\t", "\n")
}

// source prints a block of Go code: the node, or the text if node is nil.
func (p *page) source(node ast.Node, text string) {
	if node != nil {
		text = p.format(node)
	}
	fmt.Printf("```go\n%s\n```\n\n", text)
}

func (p *page) format(node any) string {
	var b bytes.Buffer
	if err := format.Node(&b, p.files, node); err != nil {
		log.Fatal(err)
	}
	return b.String()
}
