package io.telecomllm.generation.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.telecomllm.InvalidDataException;
import io.telecomllm.generation.constraint.Constraint.State;
import io.telecomllm.generation.constraint.Reading;
import io.telecomllm.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonSchemaTest {
  private static final String CELL =
      """
      {'type':'object','properties':{'id':{'type':'integer'},'a/b':{'enum':['x',null]},
       'bands':{'type':'array','items':{'type':'integer'},'maxItems':2}},'required':['id']}
      """;
  private static final String TREE =
      """
      {'$ref':'#/$defs/node','$defs':{'node':{'type':'object','properties':{'v':{'type':'null'},
       'next':{'$ref':'#/$defs/node'}},'required':['v']}}}
      """;

  private static JsonSchema schema(String json) {
    return JsonSchema.parse(json.replace('\'', '"'));
  }

  private static boolean accepts(String schema, String text) {
    return Reading.accepts(schema(schema).constraint(), text.replace('\'', '"'));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'id':1,'a/b':'x','bands':[1,2]}",
        "{'id': 1, 'bands': [1, 2]}",
        "{\n  'id': 1,\n  'a/b': null,\n  'bands': [\n    1,\n    2\n  ]\n}",
        "{ 'id': 1, 'bands': [ ] }",
        "{'id':1,'bands':[\n]}"
      })
  void readsWhatModelsWrite(String text) {
    assertThat(accepts(CELL, text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{'a/b':'x'}",
        "{'a/b':'x','id':1}",
        "{'id':1,'id':1}",
        "{'id':1,'other':1}",
        "{'id':1,}",
        "{'id':1,'bands':[1,2,3]}",
        "{'id':1,'bands':[1,]}",
        " {'id':1}",
        "{'id':1} ",
        "{'id' :1}",
        "{'id':  1}",
        "{'id':\n1}",
        "{'id':1 ,'a/b':'x'}",
        "{  'id':1}",
        "{\n     'id':1}",
        "{\n\n'id':1}",
        "{\t'id':1}",
        "{ \n'id':1}",
        "{'id':'1'}",
        "{'i\\u0064':1}"
      })
  void readsNothingElse(String text) {
    assertThat(accepts(CELL, text)).isFalse();
  }

  @Test
  void recursionEndsAtTheDeepestLevel() {
    for (int depth : new int[] {1, 2, 31, 32, 33}) {
      String text = "{'v':null,'next':".repeat(depth - 1) + "{'v':null}" + "}".repeat(depth - 1);
      assertThat(accepts(TREE, text)).as("%s", depth).isEqualTo(depth <= 32);
    }
    String inner = "{'v':null,'next':".repeat(31) + "{'v':null";
    byte[] bytes = inner.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    // not offered, rather than begun and not to be ended
    assertThat(Reading.read(schema(TREE).constraint(), bytes).next(',')).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{'b':1,'a':-2.5e3}",
        "{'':'','\\u00e4':'\\n'}",
        "{'a':{},'b':{'c':{'d':[]}}}",
        "{'a': [1, 'x', true, false, null, {'b': [[]]}]}",
        "{\n  'a': {\n    'b': 1\n  }\n}",
      })
  void anObjectMayHaveAnyProperties(String text) {
    assertThat(accepts("{'type':'object'}", text)).isTrue();
    assertThat(accepts("{'type':'object'}", "[" + text + "]")).isFalse();
    assertThat(accepts("{'type':'array','items':{'type':'object'}}", "[" + text + "]")).isTrue();
    assertThat(accepts("{'oneOf':[{'type':'object'},{'type':'null'}]}", text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1",
        "[]",
        "'a'",
        "{'a'}",
        "{a:1}",
        "{'a':1,}",
        "{,'a':1}",
        "{'a' :1}",
        "{'a':1 ,'b':1}",
        "{'a':01}",
        "{'a':tru}",
        "{'a':[1,]}",
        "{'a':'\n'}",
        "{'a':1}}",
        "{'a':1",
        " {}",
        "{} "
      })
  void noObjectIsAnythingElse(String text) {
    assertThat(accepts("{'type':'object'}", text)).isFalse();
  }

  @Test
  void anyObjectsEndAtTheDeepestLevel() {
    for (int depth : new int[] {1, 2, 31, 32, 33}) {
      String objects = "{'a':".repeat(depth - 1) + "{'a':1}" + "}".repeat(depth - 1);
      String arrays = "{'a':" + "[".repeat(depth - 1) + "1" + "]".repeat(depth - 1) + "}";
      assertThat(accepts("{'type':'object'}", objects)).as("%s", depth).isEqualTo(depth <= 32);
      assertThat(accepts("{'type':'object'}", arrays)).as("%s", depth).isEqualTo(depth <= 32);
      assertThat(accepts("{'type':'array','items':{'type':'object'}}", "[" + objects + "]"))
          .as("%s in an array", depth)
          .isEqualTo(depth + 1 <= 32);
    }
    assertThat(schema("{'type':'object'}").minimumLength()).isEqualTo(2);
  }

  /** Whatever is written at random is an object to another reader. */
  @Test
  void anyObjectsAreJson() {
    Random random = new Random(4);
    for (int i = 0; i < 300; i++) {
      byte[] text = Reading.walk(schema("{'type':'object'}").constraint(), random);
      try {
        assertThat(StrictJson.parse("text", text)).isInstanceOf(Map.class);
      } catch (InvalidDataException e) {
        assertThat(e).hasMessageContaining("appears twice");
      }
    }
  }

  @Test
  void ambiguousElementsDoNotMultiply() {
    State state =
        schema("{'type':'array','items':{'anyOf':[{'type':'number'},{'type':'integer'}]}}")
            .constraint()
            .start()
            .next('[');
    for (int i = 0; i < 100; i++) {
      state = state.next('1').next(',');
    }
    state = state.next('1');
    assertThat(((Either) state).states()).hasSize(2);
    assertThat(state.next(']').complete()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        CELL,
        TREE,
        "{'type':'array','items':{'type':'string','minLength':1},'minItems':3}",
        "{'anyOf':[{'const':'word'},{'type':'integer','minimum':100,'maximum':200}]}",
        "{'type':'object','properties':{'a':{'enum':[true,null]},'b':{'type':'number'}},"
            + "'required':['a','b']}",
        "{'type':'object','properties':{}}"
      })
  void theMinimumLengthIsThatOfTheShortestText(String json) {
    JsonSchema schema = schema(json);
    Set<State> states = Set.of(schema.constraint().start());
    long length = 0;
    while (states.stream().noneMatch(State::complete)) {
      Set<State> next = new HashSet<>();
      for (State state : states) {
        for (int octet : new int[] {'{', '}', '[', ']', '"', ',', ':', 'x', 'n', '0', '1'}) {
          add(next, state.next(octet));
        }
        "abdeilorstuvw/ext".chars().forEach(c -> add(next, state.next(c)));
      }
      states = next;
      length++;
    }
    assertThat(schema.minimumLength()).isEqualTo(length);
  }

  private static void add(Set<State> states, State state) {
    if (state != null) {
      states.add(state);
    }
  }

  @Test
  void annotationsRestrictNothingAndAreKept() {
    String json =
        "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"$id\":\"x\","
            + "\"title\":\"t\",\"description\":\"d\",\"default\":1,\"examples\":[2],"
            + "\"type\":[\"string\",\"integer\"]}";
    JsonSchema schema = JsonSchema.parse(json);
    assertThat(schema.toJson()).isEqualTo(json).isEqualTo(schema.toString());
    assertThat(Reading.accepts(schema.constraint(), "\"a\"")).isTrue();
    assertThat(Reading.accepts(schema.constraint(), "-7")).isTrue();
    assertThat(Reading.accepts(schema.constraint(), "null")).isFalse();
  }

  @Test
  void wordsHaveOneForm() {
    String schema = "{'enum':[1.0,-0.0,2.5,1e300,true,'a\\\\u00e9\\n<']}";
    for (String text : List.of("1", "0", "2.5", "1.0E300", "true", "'a\u00e9\\n<'")) {
      assertThat(accepts(schema.replace("\\\\u", "\\u"), text)).as(text).isTrue();
    }
    assertThat(accepts("{'enum':[1,12]}", "12")).isTrue();
    assertThat(accepts("{'type':'integer','const':3.0}", "3")).isTrue();
  }

  static Stream<Arguments> refusals() {
    return Stream.of(
        arguments("{", "JSON schema: not JSON: "),
        arguments("true", "#: is true, must be an object"),
        arguments("{}", "#: does not say what the value is; give it a type, enum, const, anyOf"),
        arguments("{'type':'text'}", "#/type: is \"text\", must be of object, array, string,"),
        arguments("{'type':[]}", "#/type: is empty, so no value satisfies it; give it at least"),
        arguments(
            "{'type':'string','pattern':'a+'}",
            "#/pattern: is not supported; use enum, or leave it out and check the text afterwards"),
        arguments(
            "{'type':'integer','multipleOf':2}",
            "#/multipleOf: is not supported; leave it out and check the value afterwards"),
        arguments("{'allOf':[]}", "#/allOf: is not supported; write its schemas as one"),
        arguments(
            "{'type':'string','minimum':2}",
            "#/minimum: does not apply to type string; leave it out"),
        arguments(
            "{'anyOf':[{'type':'null'}],'type':'null'}",
            "#/type: is not supported next to anyOf; put it into the schema it applies to"),
        arguments(
            "{'type':'array','items':{'type':'null','$defs':{}}}",
            "#/items/$defs: is supported at the root only; move it there"),
        arguments("{'type':'array'}", "#: an array needs items, the schema of its elements"),
        arguments(
            "{'type':'array','items':{'type':'null'},'minItems':3,'maxItems':2}",
            "#/minItems: is 3, must be at most maxItems, 2"),
        arguments(
            "{'type':'string','minLength':-1}",
            "#/minLength: is -1, must be an integer from 0 to 2147483646"),
        arguments(
            "{'type':'string','minLength':3,'maxLength':1}",
            "#/minLength: is 3, must be at most maxLength, 1"),
        arguments(
            "{'type':'object','additionalProperties':false}",
            "#: an object with required or additionalProperties needs properties, which may be"),
        arguments(
            "{'type':'object','required':['a']}",
            "#: an object with required or additionalProperties needs properties, which may be"),
        arguments(
            "{'oneOf':[{'type':'object'},{'type':'object','properties':{}}]}",
            "#/oneOf: alternatives 0 and 1 may both hold for one value"),
        arguments(
            "{'type':'object','properties':{},'additionalProperties':true}",
            "#/additionalProperties: only false is supported; name each property in properties"),
        arguments(
            "{'type':'object','properties':{'a':{'type':'null'}},'required':['b']}",
            "#/required/0: \"b\" is not among the properties [a]"),
        arguments(
            "{'type':'object','properties':{'a/~':{'type':'null','format':'x'}}}",
            "#/properties/a~1~0/format: is not supported; leave it out"),
        arguments("{'enum':[]}", "#/enum: is empty, so no value satisfies it"),
        arguments("{'enum':[1,[2]]}", "#/enum/1: is [2]; only scalars are supported"),
        arguments(
            "{'type':'string','enum':['a',2]}",
            "#/enum/1: 2 is not of the type that the schema names; correct one"),
        arguments("{'anyOf':[]}", "#/anyOf: is empty"),
        arguments("{'anyOf':{}}", "#/anyOf: is {}, must be an array"),
        arguments(
            "{'oneOf':[{'type':'number'},{'type':'integer'}]}",
            "#/oneOf: alternatives 0 and 1 may both hold for one value; give them a required"
                + " property with different constants, or use anyOf"),
        arguments(
            "{'type':'integer','minimum':5,'maximum':4.5}",
            "#: no integer lies from minimum 5 to maximum 4.5; integers have 64 bits"),
        arguments(
            "{'type':'number','minimum':1e13}",
            "#: no number lies from minimum 1.0E+13 to maximum (none); numbers have 12 digits"),
        arguments("{'type':'number','minimum':'1'}", "#/minimum: is \"1\", must be a number"),
        arguments(
            "{'$ref':'#/$defs/a','$defs':{'b':{'type':'null'}}}",
            "#/$ref: is \"#/$defs/a\", must be one of [#/$defs/b, #]"),
        arguments("{'$ref':'#'}", "#: refers to itself with no object or array between"),
        arguments(
            "{'type':'null','$defs':{'a':{'anyOf':[{'$ref':'#/$defs/b'}]},"
                + "'b':{'$ref':'#/$defs/a'}}}",
            "#/$defs/a: refers to itself with no object or array between"),
        arguments(
            TREE.replace("['v']", "['v','next']"),
            "#/$defs/node: every value nests deeper than 32 levels; let the recursion end with"));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void refusesByName(String json, String message) {
    assertThatThrownBy(() -> schema(json))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageStartingWith(message.startsWith("#") ? "JSON schema, " + message : message);
  }

  @Test
  void refusesHalfACharacter() {
    assertThatThrownBy(() -> JsonSchema.parse("{\"const\":\"\ud800\"}"))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage("JSON schema: holds an unpaired surrogate");
  }
}
