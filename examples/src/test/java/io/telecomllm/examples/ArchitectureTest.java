package io.telecomllm.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.telecomllm.Internal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * The map of the house. A package uses the packages named in its line and what those may use; lines
 * are ordered from the ground up, so that no circle can be written down. See docs/architecture.md.
 */
class ArchitectureTest {
  private static final String ROOT = "io.telecomllm";
  private static final String MAP =
      """
      text             :
      .                : text
      files            : .
      files.http       : files
      json             : files
      data             : json
      jinja            : json
      tensor           : .
      report           : files
      weights          : json tensor
      hub              : weights files.http
      quantization     : weights
      lora             : tensor
      lora.peft        : lora weights
      model            : lora quantization
      model.files      : model hub lora.peft
      tokenizer        : weights
      prompt           : tokenizer data jinja
      scoring          : model prompt
      generation.constraint : text
      generation.schema : generation.constraint json
      generation       : model prompt generation.schema
      data.report      : prompt report
      regression       : .
      knowledge        : json regression
      knowledge.documents : knowledge data
      embedding        : knowledge tokenizer
      grounding        : prompt knowledge
      facts            : grounding scoring
      lineage          : scoring lora.peft data
      export           : lineage model.files
      training.optimizer  : quantization lora
      training.settings   : training.optimizer lora
      training.progress   : training.settings lineage
      training.batching   : model
      training.objective  : training.batching training.settings data
      training.gradients  : training.objective lineage
      training.memory     : training.gradients training.optimizer training.settings model.files
      training.checkpoint : json
      training.run        : training.gradients training.memory training.checkpoint training.progress grounding
      training            : training.run
      training.preference : training
      training.known      : training.progress grounding
      training.doctor     : training.run
      training.questions  : facts generation data
      training.spark      : training.gradients model.files
      training.tracking   : training.progress report files.http
      training.sweep      : training training.tracking
      inference.serving    : scoring generation
      inference.audit      : generation
      inference.statistics  : data
      inference.calibration : inference.statistics json regression
      inference            : inference.serving inference.audit inference.calibration facts lineage
      inference.evaluation : inference
      inference.evaluation.report : inference.evaluation report
      inference.factuality : inference.statistics facts
      inference.spark      : inference model.files
      inference.langchain4j : inference
      inference.tmf621     : inference
      inference.micrometer : inference
      """;

  private final JavaClasses classes =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  /** What each package may use, what its own packages may use included. */
  private static Map<String, Set<String>> map() {
    Map<String, Set<String>> map = new LinkedHashMap<>();
    for (String line : MAP.lines().toList()) {
      String[] parts = line.split(":", 2);
      Set<String> all = new HashSet<>();
      for (String lower : parts[1].strip().split(" +", -1)) {
        if (!lower.isEmpty()) {
          // a name that is not there yet would be an arrow upwards
          assertThat(map).as("%s, in the line of %s", lower, parts[0]).containsKey(lower);
          all.add(lower);
          all.addAll(map.get(lower));
        }
      }
      map.put(parts[0].strip(), all);
    }
    return map;
  }

  private static String room(JavaClass type) {
    String name = type.getPackageName();
    return name.equals(ROOT) ? "." : name.substring(ROOT.length() + 1);
  }

  private List<JavaClass> house() {
    return classes.stream()
        .filter(type -> !room(type).startsWith("examples") && !room(type).startsWith("testing"))
        .toList();
  }

  @Test
  void eachPackageUsesOnlyThoseBelowIt() {
    Map<String, Set<String>> map = map();
    Set<String> wrong = new TreeSet<>();
    for (JavaClass type : house()) {
      String own = room(type);
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        JavaClass target = dependency.getTargetClass().getBaseComponentType();
        if (!target.getPackageName().startsWith(ROOT)) {
          continue;
        }
        String other = room(target);
        boolean everyones = target.isEquivalentTo(Internal.class);
        if (!other.equals(own) && !everyones && !map.getOrDefault(own, Set.of()).contains(other)) {
          wrong.add(own + " -> " + other + ": " + dependency.getDescription());
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void theMapHasEveryPackage() {
    Set<String> rooms = new TreeSet<>();
    house().forEach(type -> rooms.add(room(type)));
    assertThat(rooms).isEqualTo(new TreeSet<>(map().keySet()));
  }

  @Test
  void onlyTensorAndTokenizerKnowTheEngine() {
    assertThat(users("ai.djl")).isSubsetOf("tensor", "tokenizer");
    assertThat(users("org.apache.lucene")).isSubsetOf("knowledge");
    assertThat(users("org.apache.pdfbox")).isSubsetOf("knowledge.documents");
    assertThat(users("org.jsoup")).isSubsetOf("knowledge.documents");
    assertThat(users("org.commonmark")).isSubsetOf("knowledge.documents");
    assertThat(users("org.apache.spark")).isSubsetOf("training.spark", "inference.spark");
    assertThat(users("dev.langchain4j")).isSubsetOf("inference.langchain4j");
    assertThat(users("io.micrometer")).isSubsetOf("inference.micrometer");
  }

  private Set<String> users(String library) {
    Set<String> users = new TreeSet<>();
    for (JavaClass type : house()) {
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        if (dependency.getTargetClass().getPackageName().startsWith(library)) {
          users.add(room(type));
        }
      }
    }
    return users;
  }

  @Test
  void publicSignaturesShowNeitherOtherLibrariesTypesNorInternalOnes() {
    List<String> hidden =
        List.of("ai.djl", "com.google", "org.apache.lucene", "org.apache.commons", "net.lingala");
    List<String> wrong = new ArrayList<>();
    for (JavaClass type : house()) {
      if (!isApi(type)) {
        continue;
      }
      type.getMethods().stream()
          .filter(m -> m.getModifiers().contains(JavaModifier.PUBLIC))
          .filter(m -> !m.isAnnotatedWith(Internal.class))
          .forEach(
              m -> {
                List<JavaClass> shown = new ArrayList<>(m.getRawParameterTypes());
                shown.add(m.getRawReturnType());
                for (JavaClass one : shown) {
                  JavaClass plain = one.getBaseComponentType();
                  if (hidden.stream().anyMatch(plain.getPackageName()::startsWith)
                      || plain.isAnnotatedWith(Internal.class)) {
                    wrong.add(m.getFullName() + " shows " + one.getName());
                  }
                }
              });
    }
    assertThat(wrong).isEmpty();
  }

  /** Public, with all the types around it, and nowhere marked as internal. */
  private static boolean isApi(JavaClass type) {
    boolean open = type.getModifiers().contains(JavaModifier.PUBLIC);
    return open
        && !type.isAnnotatedWith(Internal.class)
        && type.getEnclosingClass().map(ArchitectureTest::isApi).orElse(true);
  }
}
