// Records corpus.json: what text/template with Sprig makes of each template.
//
//	go mod init record && go get github.com/Masterminds/sprig/v3@v3.3.0 && TZ=UTC A_NAME="x y" go run record.go corpus.json
package main

import (
	"bytes"
	"encoding/json"
	"os"
	"text/template"

	"github.com/Masterminds/sprig/v3"
)

type corpus struct {
	About     string            `json:"about"`
	Data      json.RawMessage   `json:"data"`
	Templates map[string]string `json:"templates"`
	Partials  map[string]string `json:"partials"`
	Environ   map[string]string `json:"environ"`
	Cases     [][2]*string      `json:"cases"`
}

func (c *corpus) render(source string) *string {
	functions := template.FuncMap(sprig.GenericFuncMap())
	functions["marshal"] = func(v interface{}) string { text, _ := json.Marshal(v); return string(text) }
	functions["include"] = func(v interface{}) string { return c.Partials[v.(string)] }
	root := template.New("config").Funcs(functions)
	if _, err := root.New("krakend.json").Parse(source); err != nil {
		return nil
	}
	for name, text := range c.Templates {
		template.Must(root.New(name).Parse(text))
	}
	var data map[string]interface{}
	if err := json.Unmarshal(c.Data, &data); err != nil {
		panic(err)
	}
	var rendered bytes.Buffer
	if err := root.ExecuteTemplate(&rendered, "krakend.json", data); err != nil {
		return nil
	}
	text := rendered.String()
	return &text
}

func main() {
	content, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	var c corpus
	if err := json.Unmarshal(content, &c); err != nil {
		panic(err)
	}
	for i := range c.Cases {
		c.Cases[i][1] = c.render(*c.Cases[i][0])
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(c); err != nil {
		panic(err)
	}
}
