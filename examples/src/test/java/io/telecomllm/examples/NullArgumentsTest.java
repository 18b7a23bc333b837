package io.telecomllm.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.data.TeleQnADataset;
import io.telecomllm.export.Export;
import io.telecomllm.hub.ModelStore;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.inference.audit.AuditLog;
import io.telecomllm.inference.evaluation.Evaluator;
import io.telecomllm.knowledge.KnowledgeBase;
import io.telecomllm.knowledge.KnowledgeBaseWriter;
import io.telecomllm.knowledge.Lexicon;
import io.telecomllm.knowledge.documents.DocumentImporter;
import io.telecomllm.lineage.AdapterFolder;
import io.telecomllm.lora.peft.PeftFolder;
import io.telecomllm.model.files.ModelLoader;
import io.telecomllm.training.QLoraTrainer;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The front doors name an argument that is null, and do so at once. */
class NullArgumentsTest {
  static List<Method> methods() {
    return Arrays.stream(
            new Class<?>[] {
              TeleQnADataset.class,
              ModelLoader.class,
              ModelStore.class,
              KnowledgeBase.class,
              KnowledgeBaseWriter.class,
              Lexicon.class,
              DocumentImporter.class,
              QLoraTrainer.class,
              TelecomAnswerer.class,
              AuditLog.class,
              Evaluator.class,
              Export.class,
              PeftFolder.class,
              AdapterFolder.class
            })
        .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
        .filter(method -> Modifier.isPublic(method.getModifiers()) && !method.isSynthetic())
        .filter(method -> Modifier.isStatic(method.getModifiers()) || instance(method).isPresent())
        .filter(method -> !method.getName().equals("equals"))
        .filter(method -> takesNull(method).isPresent())
        .toList();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("methods")
  void isNamed(Method method) throws IllegalAccessException {
    Object[] arguments =
        Arrays.stream(method.getParameterTypes()).map(NullArgumentsTest::empty).toArray();
    String name = takesNull(method).orElseThrow().getName();
    try {
      method.invoke(instance(method).orElse(null), arguments);
    } catch (InvocationTargetException e) {
      assertThat(e.getCause()).isInstanceOf(NullPointerException.class);
      // a setter's argument has the setter's name
      String shown = name.matches("value|other") ? method.getName() : name;
      assertThat(e.getCause().getMessage()).contains(shown).contains("is null");
      return;
    }
    assertThat(method).as("must refuse null").isNull();
  }

  private static Optional<Parameter> takesNull(Method method) {
    return Arrays.stream(method.getParameters())
        .filter(parameter -> !parameter.getType().isPrimitive() && !parameter.isVarArgs())
        .findFirst();
  }

  private static Optional<Object> instance(Method method) {
    Map<Class<?>, Object> instances = new LinkedHashMap<>();
    instances.put(ModelLoader.class, ModelLoader.of(Path.of("nowhere")));
    instances.put(ModelStore.class, ModelStore.fromEnvironment(Map.of("HOME", "/nowhere")));
    instances.put(Lexicon.class, Lexicon.of(List.of()));
    instances.put(DocumentImporter.class, DocumentImporter.create());
    return Optional.ofNullable(instances.get(method.getDeclaringClass()));
  }

  private static Object empty(Class<?> type) {
    if (type == boolean.class) {
      return false;
    }
    if (type == int.class) {
      return 1;
    }
    if (type == long.class) {
      return 1L;
    }
    return type == double.class ? (Object) 0.5 : null;
  }
}
