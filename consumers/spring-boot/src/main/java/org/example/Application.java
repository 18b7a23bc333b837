package org.example;

import io.telecomllm.data.Question;
import io.telecomllm.data.Split;
import io.telecomllm.inference.Answer;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.files.ModelLoader;
import io.telecomllm.training.QLoraTrainer;
import java.nio.file.Path;
import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** A service that answers one question, learns from it, and ends. */
@SpringBootApplication
public class Application {
  private static final Question QUESTION =
      Question.of("own 1", "Which function registers a UE?", List.of("the AMF", "the UPF"), 0);

  public static void main(String[] args) {
    SpringApplication.run(Application.class, args).close();
  }

  @Bean
  LanguageModel model(@Value("${model}") Path folder) {
    return ModelLoader.load(folder);
  }

  @Bean
  TelecomAnswerer answerer(LanguageModel model) {
    return TelecomAnswerer.on(model).build();
  }

  @Bean
  CommandLineRunner runs(LanguageModel model, TelecomAnswerer answerer) throws Exception {
    return args -> {
      Answer answer = answerer.answer(QUESTION);
      try (LoraAdapter adapter =
          QLoraTrainer.on(model)
              .with(c -> c.maxSteps(1))
              .train(new Split(List.of(QUESTION), List.of()))) {
        String parameter =
            TelecomAnswerer.class.getMethod("answer", Question.class).getParameters()[0].getName();
        System.out.printf(
            "answered %s by %s, learnt %d values, the parameter is %s%n",
            answer.choice().text(),
            Package.getPackage("io.telecomllm.inference").getImplementationVersion(),
            adapter.trainableParameters(),
            parameter);
        if (!parameter.equals("question")) {
          throw new IllegalStateException("parameters have no names");
        }
      }
    };
  }
}
